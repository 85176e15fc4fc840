/**
 * The key with which we seal mail on its way to a primary (ARC, RFC 8617), made at the first start, and the DNS record that lets a
 * primary check the seal. The operator publishes the record; we look for it, and seal from the moment at which it is there: a seal
 * that nobody can check would count against the mail.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { LookUp } from '@holdfast/directory';

export interface ArcRecord {
  /** where the record belongs in DNS */
  name: string;
  /** what it says, a TXT record (RFC 6376 section 3.6.1) */
  value: string;
  isPublished: boolean;
}

const lookEveryMs = 300_000;
/** What everybody can check, and no less than anybody asks for. */
const bits = 2048;

export class ArcKey {
  private isPublished = false;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  private constructor(
    readonly domain: string,
    readonly selector: string,
    /** PEM */
    readonly privateKey: string,
    private readonly publicKey: string,
    private readonly lookUp: Pick<LookUp, 'textsOf'>,
  ) {}

  /** Reads the key, or makes it. Workers that start together end up with the same one: it is written whole, and the first counts. */
  static async open(file: string, domain: string, lookUp: Pick<LookUp, 'textsOf'>): Promise<ArcKey> {
    const privateKey = (await read(file)) ?? (await make(file));
    const publicKey = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' });
    // Named after the key, so that each node can have its own, and a new one does not take the old one's place in DNS.
    const selector = `hf${createHash('sha256').update(publicKey).digest('hex').slice(0, 10)}`;
    return new ArcKey(domain, selector, privateKey, publicKey.toString('base64'), lookUp);
  }

  get record(): ArcRecord {
    return {
      name: `${this.selector}._domainkey.${this.domain}`,
      value: `v=DKIM1; k=rsa; p=${this.publicKey}`,
      isPublished: this.isPublished,
    };
  }

  /** Looks for the record in DNS, now and then again. */
  async watch(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const texts = await this.lookUp.textsOf(this.record.name);
      const published = /(?:^|;)\s*p\s*=\s*([A-Za-z0-9+/=\s]*)/;
      this.isPublished = texts.some(
        (text) => published.exec(text)?.[1]?.replace(/\s/g, '') === this.publicKey,
      );
    } catch (error) {
      const { code } = error as { code?: string };
      // When DNS does not answer, what we knew stands.
      if (code === 'ENOTFOUND' || code === 'ENODATA') this.isPublished = false;
    }
    if (!this.isClosed) this.timer = setTimeout(() => void this.watch(), lookEveryMs);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function make(file: string): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits });
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(aside, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  try {
    await link(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
  return readFile(file, 'utf8');
}
