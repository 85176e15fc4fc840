import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/**
 * Keeps passwords for primaries: whoever has the database alone has none of them. AES-256-GCM; the key is a file in the data
 * directory, and what a secret belongs to is sealed with it, so that a row cannot be given another row's secret.
 */
export class SecretBox {
  private readonly key: Buffer;

  /** @param key of the key file; every node that delivers needs the same */
  constructor(key: string) {
    this.key = createHash('sha256').update(`primary secrets ${key}`).digest();
  }

  /** @param belongsTo id of the primary */
  seal(secret: string, belongsTo: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(belongsTo));
    const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `1.${sealed.toString('base64url')}`;
  }

  /** @returns undefined when it was sealed with another key, for another row, or changed since */
  open(sealed: string, belongsTo: string): string | undefined {
    const bytes = Buffer.from(sealed.replace(/^1\./, ''), 'base64url');
    if (bytes.length < 28) return undefined;
    const cipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, 12), { authTagLength: 16 });
    cipher.setAAD(Buffer.from(belongsTo)).setAuthTag(bytes.subarray(-16));
    try {
      return Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}

/** Below the data directory: the key of all secret boxes. */
export const secretBoxKeyFile = 'keys/primaries.secret';
