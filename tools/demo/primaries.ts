/**
 * The mail servers of both demo tenants, as one server: a switch that is remembered, and a record of all that arrived.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { startFakePrimary, type FakePrimary, type ReceivedMessage } from '../fake-primary';
import { Journal } from './journal';
import { demoTenants } from './tenants';

/** One message as the journal has it: enough to show it, little enough to write for every message of a burst. */
interface Taken {
  id: string;
  at: string;
  mailFrom: string;
  rcptTo: string[];
  bytes: number;
  isEncrypted: boolean;
  /** The first bytes of the message, base64. */
  beginning: string;
}

/** One message as page and control show it. */
export interface TakenView {
  id: string;
  receivedAt: string;
  from: string;
  to: string[];
  subject: string;
  bytes: number;
  isEncrypted: boolean;
  /** Unfolded, newest hop first, as they stand in the message. */
  received: string[];
  header: string;
  text: string;
}

interface Kept {
  up: boolean;
  port: number;
}

const messagesKept = 200;
const beginningBytes = 6_144; // header of a message with a handful of hops, and the start of its text
const textShown = 2_000;

export class DemoPrimaries {
  readonly #server: FakePrimary;
  readonly #views = new WeakMap<Taken, TakenView>();

  private constructor(
    server: FakePrimary,
    private readonly journal: Journal<Taken>,
    private readonly stateFile: string,
    private readonly changed: () => void,
  ) {
    this.#server = server;
  }

  /**
   * Starts as it was left; the very first time switched off, so that the first message of a visitor is held.
   * @param port 0: the port of the last start where that is still free, otherwise any
   * @param changed called after each switch and each message
   */
  static async start(folder: string, port: number, changed: () => void): Promise<DemoPrimaries> {
    const stateFile = join(folder, 'primary.json');
    const kept = readKept(stateFile);
    const journal = new Journal<Taken>(join(folder, 'received.jsonl'), messagesKept);
    const options = {
      domains: demoTenants.map((tenant) => tenant.domain),
      hostname: 'mail.demo.test',
      isDown: !kept.up,
      keep: 0,
      onMessage: (message: ReceivedMessage) => {
        journal.append(asTaken(message));
        changed();
      },
    };
    const server = await startFakePrimary({ ...options, port: port || kept.port }).catch((error: unknown) => {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (port !== 0 || !isTaken) throw error;
      return startFakePrimary(options);
    });
    const primaries = new DemoPrimaries(server, journal, stateFile, changed);
    primaries.#keep();
    return primaries;
  }

  get isUp(): boolean {
    return this.#server.isUp;
  }

  get port(): number {
    return this.#server.port;
  }

  /** Messages taken since the demo was first started. */
  get received(): number {
    return this.journal.total;
  }

  async switch(up: boolean): Promise<void> {
    await (up ? this.#server.up() : this.#server.down());
    this.#keep();
    this.changed();
  }

  /** The last messages, newest first. */
  async list(limit: number): Promise<TakenView[]> {
    const views: TakenView[] = [];
    for (const taken of this.journal.recent.slice(-limit).reverse()) {
      const view = this.#views.get(taken) ?? (await toView(taken));
      this.#views.set(taken, view);
      views.push(view);
    }
    return views;
  }

  async close(): Promise<void> {
    await this.#server.close();
    this.journal.close();
  }

  #keep(): void {
    const kept: Kept = { up: this.isUp, port: this.port };
    writeFileSync(`${this.stateFile}.new`, JSON.stringify(kept));
    renameSync(`${this.stateFile}.new`, this.stateFile);
  }
}

function readKept(file: string): Kept {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Kept>;
    return { up: kept.up === true, port: Number(kept.port) || 0 };
  } catch {
    return { up: false, port: 0 }; // the first start, or a file that says nothing: begin the story at its beginning
  }
}

const asTaken = (message: ReceivedMessage): Taken => ({
  id: message.id,
  at: message.at.toISOString(),
  mailFrom: message.mailFrom,
  rcptTo: message.rcptTo,
  bytes: message.bytes,
  isEncrypted: message.isEncrypted,
  beginning: message.raw.subarray(0, beginningBytes).toString('base64'),
});

async function toView(taken: Taken): Promise<TakenView> {
  const beginning = Buffer.from(taken.beginning, 'base64');
  const headerEnd = beginning.indexOf('\r\n\r\n');
  const header = beginning.toString('utf8', 0, headerEnd === -1 ? undefined : headerEnd);
  const mail = await simpleParser(beginning, { skipImageLinks: true });
  return {
    id: taken.id,
    receivedAt: taken.at,
    from: taken.mailFrom,
    to: taken.rcptTo,
    subject: mail.subject ?? '',
    bytes: taken.bytes,
    isEncrypted: taken.isEncrypted,
    received: header
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .filter((line) => /^received:/i.test(line)),
    header,
    text: (mail.text ?? '').slice(0, textShown),
  };
}
