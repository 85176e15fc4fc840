/** What was promised: each recipient of a message that got 250, in a file before the sender goes on, as a sender's own queue has it. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Manner } from './plan';

export class Ledger {
  private readonly file: number;
  private readonly promised = new Set<string>();

  constructor(path: string) {
    this.file = openSync(path, 'a', 0o600);
  }

  /** @param queueId as the 250 names it */
  acknowledge(recipients: string[], queueId: string): void {
    writeSync(this.file, recipients.map((recipient) => `${recipient} ${queueId}\n`).join(''));
    for (const recipient of recipients) this.promised.add(recipient);
  }

  get recipients(): string[] {
    return [...this.promised];
  }

  get count(): number {
    return this.promised.size;
  }

  has(recipient: string): boolean {
    return this.promised.has(recipient);
  }

  close(): void {
    closeSync(this.file);
  }
}

export const mannerOf = (recipient: string): Manner => recipient.split('+')[0] as Manner;
