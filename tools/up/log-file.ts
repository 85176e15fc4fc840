import { createWriteStream, existsSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

const rotateAtBytes = 64 * 1024 * 1024;
const kept = 4;

/**
 * All log lines, as JSON, in logs/holdfast.log: what happened last night is asked after the terminal is closed. It is renamed at
 * 64 MiB and the four before it are kept, so that a busy night cannot fill the disk that holds the mail.
 */
export class LogFile {
  private readonly path: string;
  private stream: WriteStream;
  private bytes: number;

  constructor(folder: string) {
    this.path = join(folder, 'holdfast.log');
    this.bytes = existsSync(this.path) ? statSync(this.path).size : 0;
    this.stream = this.open();
  }

  write(lines: string): void {
    // A disk that does not keep up costs us log lines, never memory.
    if (this.stream.writableLength > 8 * 1024 * 1024) return;
    this.stream.write(lines);
    this.bytes += lines.length;
    if (this.bytes > rotateAtBytes) this.rotate();
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(() => resolve()));
  }

  private open(): WriteStream {
    const stream = createWriteStream(this.path, { flags: 'a', mode: 0o640 });
    stream.on('error', () => undefined);
    return stream;
  }

  private rotate(): void {
    this.stream.end();
    try {
      for (let n = kept - 1; n >= 1; n--)
        if (existsSync(`${this.path}.${n}`)) renameSync(`${this.path}.${n}`, `${this.path}.${n + 1}`);
      renameSync(this.path, `${this.path}.1`);
    } catch {
      // No room or no right to rename: keep writing to the same file.
    }
    this.bytes = 0;
    this.stream = this.open();
  }
}
