/**
 * Finds the end of a message, and takes the dots away that the sender has put before dots (RFC 5321 sections 4.1.1.4 and 4.5.2).
 * Only CR LF . CR LF ends it, and only CR LF begins a line: whatever else looks like an end stays in the message, where it is
 * refused (see stray-octets.ts), and nothing after it runs as a command.
 *
 * In place of smtp-server's own search, which looks at every octet in JavaScript and waits a turn of the event loop at every line
 * that begins with two dots. For messages of 50 KB it was the greatest cost of all.
 */
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';

const cr = 0x0d;
const lf = 0x0a;
const dot = 0x2e;
const lineThatBeginsWithDot = Buffer.from('\r\n.');
const crAlone = Buffer.from('\r');

/** What has been read of a line so far, as far as it matters. */
const enum Seen {
  /** something: neither a dot here nor a line end matters until the next CR LF */
  Text,
  /** the last octet was CR */
  Cr,
  /** nothing: CR LF, or the start of the data */
  Nothing,
  /** a dot, not passed on yet */
  Dot,
  /** a dot and CR, not passed on yet */
  DotCr,
}

export class CommandsAndData extends SMTPStream {
  private seen: Seen = Seen.Nothing;

  override startDataMode(maxBytes?: number | string | null): ReturnType<SMTPStream['startDataMode']> {
    this.seen = Seen.Nothing;
    return super.startDataMode(maxBytes);
  }

  /**
   * As in smtp-server, which forgets after the call what the call has set: when a whole next message stands in the same segment, its
   * end would never be told, and the connection hang.
   */
  override continue(): void {
    const goOn = this._continueCallback;
    this._continueCallback = typeof goOn !== 'function';
    if (typeof goOn === 'function') goOn();
  }

  override _feedDataStream(chunk: Buffer, done: (error?: Error | null) => void): void {
    const parts: Buffer[] = [];
    // What stands from here to `at` is passed on as it is.
    let from = 0;
    let at = 0;
    while (at < chunk.length) {
      const octet = chunk[at];
      switch (this.seen) {
        case Seen.Text: {
          const found = chunk.indexOf(lineThatBeginsWithDot, at);
          at = found < 0 ? chunk.length : found + 2;
          this.seen = found < 0 ? lastOf(chunk) : Seen.Nothing;
          continue;
        }
        case Seen.Cr:
          this.seen = octet === lf ? Seen.Nothing : octet === cr ? Seen.Cr : Seen.Text;
          at++;
          continue;
        case Seen.Nothing:
          if (octet === dot) {
            if (at > from) parts.push(chunk.subarray(from, at));
            from = ++at;
            this.seen = Seen.Dot;
          } else this.seen = Seen.Text;
          continue;
        case Seen.Dot:
          if (octet === cr) {
            from = ++at;
            this.seen = Seen.DotCr;
          } else this.seen = Seen.Text;
          continue;
        case Seen.DotCr:
          if (octet === lf) return this.endOfData(parts, chunk.subarray(at + 1), done);
          // A CR on its own; it goes into the message, and the message will be refused.
          parts.push(crAlone);
          this.seen = Seen.Text;
      }
    }
    if (chunk.length > from) parts.push(chunk.subarray(from));
    this.passOn(parts, done);
  }

  private endOfData(parts: Buffer[], rest: Buffer, done: (error?: Error | null) => void): void {
    const last = together(parts);
    this._countDataBytes(last.length);
    this._endDataMode(last, rest, done);
  }

  private passOn(parts: Buffer[], done: (error?: Error | null) => void): void {
    const stream = this._dataStream;
    const octets = together(parts);
    this._countDataBytes(octets.length);
    if (octets.length === 0 || !stream?.writable || stream.write(octets) || stream.destroyed) return done();
    const goOn = (): void => {
      stream.removeListener('drain', goOn);
      stream.removeListener('close', goOn);
      done();
    };
    stream.once('drain', goOn);
    stream.once('close', goOn);
  }
}

/** What the end of a chunk, in which no line begins with a dot, leaves to the next one. */
function lastOf(chunk: Buffer): Seen {
  const last = chunk[chunk.length - 1];
  if (last === cr) return Seen.Cr;
  return last === lf && chunk[chunk.length - 2] === cr ? Seen.Nothing : Seen.Text;
}

function together(parts: Buffer[]): Buffer {
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}
