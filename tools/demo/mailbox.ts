/**
 * Where the notifications of the demo arrive: an SMTP server that takes mail for everybody, and a list to read it in.
 * It plays the part of the contacts' own mail provider, which is never the one whose mail we hold.
 */
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { startFakePrimary, type FakePrimary } from '../fake-primary';
import { Journal } from './journal';

export interface MailboxItem {
  id: string;
  from: string;
  to: string;
  subject: string;
  /** The text part; empty where there is none. */
  text: string;
  /** The HTML part as sent: show it in a sandbox only. */
  html: string;
  receivedAt: string;
}

const mailsKept = 300;

export class DemoMailbox {
  private constructor(
    private readonly server: FakePrimary,
    private readonly journal: Journal<MailboxItem>,
  ) {}

  /** @param changed called after each mail */
  static async start(folder: string, port: number, changed: () => void): Promise<DemoMailbox> {
    const journal = new Journal<MailboxItem>(join(folder, 'mailbox.jsonl'), mailsKept);
    const server = await startFakePrimary({
      port,
      hostname: 'mail.contacts.test',
      keep: 0,
      onMessage: async ({ raw, rcptTo, at }) => {
        const mail = await simpleParser(raw);
        journal.append({
          id: String(journal.total + 1),
          from: mail.from?.text ?? '',
          to: rcptTo.join(', '),
          subject: mail.subject ?? '',
          text: mail.text ?? '',
          html: mail.html || '',
          receivedAt: at.toISOString(),
        });
        changed();
      },
    });
    return new DemoMailbox(server, journal);
  }

  get port(): number {
    return this.server.port;
  }

  get total(): number {
    return this.journal.total;
  }

  /** Newest first. */
  list(): MailboxItem[] {
    return this.journal.recent.toReversed();
  }

  find(id: string): MailboxItem | undefined {
    return this.journal.recent.find((item) => item.id === id);
  }

  async close(): Promise<void> {
    await this.server.close();
    this.journal.close();
  }
}
