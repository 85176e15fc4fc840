/**
 * Gathers a message while it streams in, in bounded memory: what grows beyond a size, or comes when memory is taken, goes on to a
 * file (see incoming.ts), and the sender waits while it is written. What will be refused is not kept at all while the rest of it arrives.
 *
 * Refuses: CR, LF or NUL on the loose 554 5.6.0, and ends the connection, because what follows may be meant to be part of the
 * message; too big 552 5.3.4; no room on the disk 452 4.3.1.
 */
import type { Readable } from 'node:stream';
import type { Incoming, IncomingFile } from './incoming';
import type { MemoryInFlight } from './memory-in-flight';
import type { Octets, ReadingRoom } from './reading-room';
import { rejection, type SmtpRejection } from './rejection';
import { StrayOctets } from './stray-octets';

export interface CollectParts {
  memory: MemoryInFlight;
  incoming: Incoming;
  readingRoom: ReadingRoom;
  maxMessageBytes: number;
}

/** Nine of ten mails are smaller, and never touch a file. */
const keptInMemoryBytes = 256 * 1024;
/** What is written at once when a message has a file. */
const writtenAtOnceBytes = 64 * 1024;
/** What a network brings at once is larger; smaller comes from one who drips, or at an end. */
const smallBytes = 1_024;
const gatheredBytes = 4_096;
/** Someone who goes on sending this much more than we take is not an honest sender with a big mail. */
const mostIgnoredBytes = 64 * 2 ** 20;

/** A whole message as it came, dots un-stuffed. Whoever has one discards it. */
export class Body {
  bytes = 0;
  chunks: Buffer[] = [];
  file: IncomingFile | undefined;
  /** octets of `chunks` */
  private held = 0;
  /** where the last of `chunks` stands, with room for more */
  private small: { memory: Buffer; used: number } | undefined;

  constructor(private readonly parts: CollectParts) {}

  /** @returns false when there is no memory for it; it is held all the same, and belongs into the file now */
  hold(chunk: Buffer): boolean {
    if (chunk.length < smallBytes) this.holdSmall(chunk);
    else {
      this.chunks.push(chunk);
      this.small = undefined;
    }
    this.bytes += chunk.length;
    this.held += chunk.length;
    const hasRoom = this.parts.memory.take(chunk.length);
    return hasRoom && this.held < (this.file ? writtenAtOnceBytes : keptInMemoryBytes);
  }

  /** Octets that drip in one by one are put together: each as a chunk would take a hundred times its size in memory. */
  private holdSmall(chunk: Buffer): void {
    const { small } = this;
    if (!small || small.used + chunk.length > small.memory.length) {
      const memory = Buffer.allocUnsafeSlow(gatheredBytes);
      chunk.copy(memory);
      this.small = { memory, used: chunk.length };
      this.chunks.push(memory.subarray(0, chunk.length));
      return;
    }
    chunk.copy(small.memory, small.used);
    small.used += chunk.length;
    this.chunks[this.chunks.length - 1] = small.memory.subarray(0, small.used);
  }

  /** Writes what is held to the file. */
  async spill(): Promise<void> {
    const { chunks } = this;
    this.chunks = [];
    this.small = undefined;
    this.file ??= await this.parts.incoming.create();
    await this.file.add(chunks);
    this.letGo();
  }

  /** Lends the octets, until `use` is done. Big bodies wait here for their turn in memory. */
  lend<T>(use: (octets: Octets) => Promise<T>): Promise<T> {
    const { file, chunks, bytes } = this;
    return file ? this.parts.readingRoom.lend(file, use) : use({ chunks, bytes });
  }

  discard(): void {
    this.chunks = [];
    this.small = undefined;
    this.letGo();
    void this.file?.discard();
    this.file = undefined;
  }

  private letGo(): void {
    this.parts.memory.giveBack(this.held);
    this.held = 0;
  }
}

/**
 * @param most octets that all of the recipients' tenants take
 * @param hangUp ends the connection with a reply; called when the sender does not stop, or may smuggle
 */
export function collect(
  parts: CollectParts,
  stream: Readable,
  most: number,
  hangUp: (refusal: SmtpRejection) => void,
): Promise<Body> {
  const octets = new StrayOctets();
  const body = new Body(parts);
  let seen = 0;
  let refusal: SmtpRejection | undefined;
  let spilling: Promise<void> | undefined;
  const refuse = (reason: SmtpRejection): void => {
    refusal ??= reason;
    body.discard();
  };
  const spill = (): void => {
    stream.pause();
    spilling = body
      .spill()
      .catch((error: NodeJS.ErrnoException) => refuse(noFile(error)))
      .finally(() => {
        spilling = undefined;
        // The connection may have ended meanwhile.
        if (refusal) body.discard();
        stream.resume();
      });
  };
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      octets.look(chunk);
      if (refusal) {
        if (seen > parts.maxMessageBytes + mostIgnoredBytes) hangUp(refusal);
        return;
      }
      if (seen > most)
        return refuse(rejection(552, '5.3.4', `The message is too big; we take ${most} octets`));
      if (!body.hold(chunk) && !spilling) spill();
    });
    stream.on('end', () => {
      const end = async (): Promise<void> => {
        await spilling;
        if (body.file && body.chunks.length > 0)
          await body.spill().catch((error: NodeJS.ErrnoException) => refuse(noFile(error)));
        if (octets.stray) {
          const strayed = rejection(
            554,
            '5.6.0',
            `Lines must end in CR LF, and NUL is not allowed; found ${octets.stray}`,
            octets.stray,
          );
          refuse(strayed);
          hangUp(refusal ?? strayed);
        }
        if (refusal) reject(refusal);
        else resolve(body);
      };
      void end();
    });
    stream.on('error', ({ message }) => {
      refuse(rejection(451, '4.4.2', 'The connection broke', message));
      reject(refusal);
    });
    stream.on('close', () => {
      if (stream.readableEnded) return;
      refuse(rejection(451, '4.4.2', 'The connection broke'));
      reject(refusal);
    });
  });
}

function noFile({ code, message }: NodeJS.ErrnoException): SmtpRejection {
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? rejection(452, '4.3.1', 'Our disk is full; please try again later', message)
    : rejection(451, '4.3.0', 'Something went wrong on our side; please try again later', message);
}
