/** What came to the primary, by recipient, with what it says: whether it is what was sent, below the header lines that are ours. */
import type { ReceivedMessage } from '@holdfast/fake-primary';
import type { PlannedMessage } from './plan';

export class Arrivals {
  private readonly contentOf = new Map<string, Buffer>();
  private readonly counts = new Map<string, number>();
  readonly corrupted: string[] = [];

  constructor(messages: PlannedMessage[]) {
    for (const { to, content } of messages) for (const one of to) this.contentOf.set(one, content);
  }

  take({ rcptTo, raw }: ReceivedMessage): void {
    for (const recipient of rcptTo) {
      const sent = this.contentOf.get(recipient);
      // Of an earlier round.
      if (!sent) continue;
      this.counts.set(recipient, (this.counts.get(recipient) ?? 0) + 1);
      if (!isBelowOurLines(raw, sent)) this.corrupted.push(recipient);
    }
  }

  has(recipient: string): boolean {
    return this.counts.has(recipient);
  }

  get recipients(): number {
    return this.counts.size;
  }

  /** how many came although they were there already */
  get duplicates(): number {
    let more = 0;
    for (const count of this.counts.values()) more += count - 1;
    return more;
  }
}

/** Ours end with a whole line, and each of them is a field or goes on with one. */
export function isBelowOurLines(raw: Buffer, sent: Buffer): boolean {
  const above = raw.subarray(0, Math.max(0, raw.length - sent.length)).toString('latin1');
  const areFields = /^(?:[A-Za-z-]+:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+$/.test(above);
  return areFields && raw.subarray(above.length).equals(sent);
}
