import { write } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Beyond this the reader is not reading: keeping more would only eat memory that mail needs. */
const mostPendingBytes = 4 * 1024 * 1024;

/**
 * Writes to a terminal or a pipe without ever waiting for it. Node's own process.stdout blocks the whole process while nobody
 * reads (a terminal that was stopped with Ctrl-S), the programs would then block on us, and port 25 would hang on a scroll bar.
 */
export class PatientWriter {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private isWriting = false;
  private isBroken = false;
  private dropped = 0;
  private idle: (() => void)[] = [];

  constructor(private readonly fd: number) {}

  write(text: string | Buffer): void {
    if (this.isBroken) return;
    if (this.pendingBytes > mostPendingBytes) {
      this.dropped++;
      return;
    }
    const chunk = typeof text === 'string' ? Buffer.from(text) : text;
    this.pending.push(chunk);
    this.pendingBytes += chunk.length;
    if (!this.isWriting) void this.pump();
  }

  /** Waits until everything is written, but no longer than this: a reader who went to lunch must not keep us from ending. */
  async flush(withinMs: number): Promise<boolean> {
    if (!this.isWriting) return true;
    const timer = new AbortController();
    const late = pause(withinMs, false, { signal: timer.signal }).catch(() => false);
    const done = new Promise<boolean>((resolve) => this.idle.push(() => resolve(true)));
    const result = await Promise.race([done, late]);
    timer.abort();
    return result;
  }

  private async pump(): Promise<void> {
    this.isWriting = true;
    while (this.pending.length > 0 && !this.isBroken) {
      let chunk = Buffer.concat(this.pending);
      this.pending = [];
      if (this.dropped > 0)
        chunk = Buffer.concat([
          chunk,
          Buffer.from(`(${this.dropped} pieces of output were not shown: nobody was reading)\n`),
        ]);
      this.dropped = 0;
      await this.writeAll(chunk);
      this.pendingBytes = this.pending.reduce((sum, { length }) => sum + length, 0);
    }
    this.isWriting = false;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private async writeAll(chunk: Buffer): Promise<void> {
    let offset = 0;
    while (offset < chunk.length) {
      const { error, written } = await new Promise<{ error: NodeJS.ErrnoException | null; written: number }>(
        (resolve) => {
          write(this.fd, chunk, offset, chunk.length - offset, null, (error, written) =>
            resolve({ error, written }),
          );
        },
      );
      if (!error) offset += written;
      else if (error.code === 'EAGAIN') await pause(10);
      else {
        // The reader is gone. Mail goes on without one.
        this.isBroken = true;
        return;
      }
    }
  }
}
