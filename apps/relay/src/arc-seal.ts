/**
 * Our ARC seal (RFC 8617): three header lines on top that say what we found when the message came, signed. Behind a backup, SPF no
 * longer fits the client; a primary that trusts our seal can go by what we saw.
 *
 * Takes a message as stored; promises lines to put above it, or none: a seal is a help and no duty, so whatever goes wrong here
 * holds nothing up. The message itself is not touched.
 */
import type { Log } from '@holdfast/daemon';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { arc, createSeal } from 'mailauth/lib/arc/index.js';
import type { ArcKey } from './arc-key';

export type ResolveKeys = (name: string, type: string) => Promise<string[] | string[][]>;

const headerEnd = Buffer.from('\r\n\r\n');
/** Checking a chain that is there already asks DNS for the keys of strangers. */
const timeoutMs = 15_000;

export class ArcSeal {
  constructor(
    private readonly key: Pick<ArcKey, 'domain' | 'selector' | 'privateKey' | 'record'>,
    /** what we call ourselves in Authentication-Results */
    private readonly ourName: string,
    private readonly resolveKeys: ResolveKeys,
    private readonly log: Log,
  ) {}

  /** @returns undefined: no seal, because its key is not published, or the chain that is there does not bear one more */
  async seal(messageId: string, body: Buffer): Promise<Buffer | undefined> {
    if (!this.key.record.isPublished) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('checking the chain took too long')), timeoutMs);
    });
    try {
      const headers = await Promise.race([this.linesFor(body), late]);
      return headers.length === 0 ? undefined : Buffer.from(`${headers.join('\r\n')}\r\n`);
    } catch (error) {
      this.log('failed', { while: 'sealing', messageId, error });
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  private async linesFor(body: Buffer): Promise<string[]> {
    const end = body.indexOf(headerEnd);
    const header = body.toString('latin1', 0, end < 0 ? body.length : end);
    const { domain: signingDomain, selector, privateKey } = this.key;
    const key = { signingDomain, selector, privateKey };
    const found = resultsIn(header, this.ourName);
    const signTime = new Date();
    if (!/^ARC-Seal:/im.test(header))
      return (await createSeal(body, { seal: { ...key, cv: 'none', authResults: found, signTime } })).headers;
    const resolver = this.resolveKeys;
    const { arc: chain, headers, seal } = await dkimVerify(body, { resolver, seal: key });
    if (!chain?.chain || !seal) return [];
    const { status } = await arc({ ...chain, chain: chain.chain }, { resolver });
    // A chain that was broken before us is not ours to mend (RFC 8617 section 5.1 step 2).
    if (status.result !== 'pass') return [];
    const authResults = `${found};\r\n\tarc=pass`;
    const more = { headers, arc: chain, seal: { ...seal, cv: 'pass', authResults, signTime } };
    return (await createSeal(false, more)).headers;
  }
}

/** What stands in our own Authentication-Results on top; a stranger's claim to be ours was renamed on port 25. */
function resultsIn(header: string, ourName: string): string {
  for (const match of header.matchAll(/^Authentication-Results:[ \t]*((?:.|\r\n[ \t])*)/gim)) {
    const value = match[1] ?? '';
    if (
      value.slice(0, ourName.length).toLowerCase() === ourName.toLowerCase() &&
      value[ourName.length] === ';'
    )
      return value;
  }
  return `${ourName}; none`;
}
