/**
 * Bodies that are too big to wait in memory lie in a folder while they stream in. Such a file is no promise: it has no name from
 * the moment it is open, so nothing of it is left when this process ends, however it ends. What makes a message safe is the
 * spool alone.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

export class Incoming {
  private constructor(private readonly directory: string) {}

  /** Makes the folder, and removes what a crash left between the birth of a file and the loss of its name. */
  static async open(directory: string): Promise<Incoming> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory)) await forget(join(directory, name));
    return new Incoming(directory);
  }

  async create(): Promise<IncomingFile> {
    const path = join(this.directory, randomUUID());
    const handle = await open(path, 'wx+', 0o600);
    await forget(path);
    return new IncomingFile(handle);
  }
}

// Another process of this machine may clean while we forget; the file stays ours either way.
async function forget(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

export class IncomingFile {
  private written = 0;

  constructor(private readonly handle: FileHandle) {}

  async add(chunks: readonly Buffer[]): Promise<void> {
    let bytes = 0;
    for (const chunk of chunks) bytes += chunk.length;
    const { bytesWritten } = await this.handle.writev([...chunks], this.written);
    // Linux writes less only when the disk, or a quota, is full; the next write would say so.
    if (bytesWritten < bytes) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    this.written += bytes;
  }

  get bytes(): number {
    return this.written;
  }

  /** Fills `memory` with all of it. */
  async read(memory: Buffer): Promise<void> {
    let at = 0;
    while (at < this.written) {
      const { bytesRead } = await this.handle.read(memory, at, this.written - at, at);
      if (bytesRead === 0) throw new Error('an incoming file is shorter than what was written to it');
      at += bytesRead;
    }
  }

  /** Gives the room back to the disk. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
  }
}
