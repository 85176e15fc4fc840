/**
 * Certificates as they lie on the disk, in the forms in which the usual tools leave them:
 *
 *   mx.crt and mx.key                         a pair by name (so does a Kubernetes secret: tls.crt, tls.key)
 *   mx.pem                                    both in one file
 *   mx/fullchain.pem and mx/privkey.pem       what ACME clients keep
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Certificate } from './certificate';

export interface CertificateFiles {
  /** for people: the file or folder */
  name: string;
  cert: string;
  key: string;
}

/** One certificate, ready to be used. */
export interface LoadedCertificate extends Certificate {
  /** host names that it is for, lower case; `*.example.test` stands for one label */
  names: string[];
  endsAt: Date;
  context: SecureContext;
}

/** RFC 8996: what is older is no protection. */
const oldestTls = 'TLSv1.2';
/** Far above any chain with its key; what is bigger is not a certificate. */
const mostBytes = 256 * 1024;

/** What a folder has. @throws Error when it cannot be read */
export async function certificatesIn(directory: string): Promise<CertificateFiles[]> {
  const entries = await readdir(directory);
  const found: CertificateFiles[] = [];
  for (const entry of entries.sort()) {
    const path = join(directory, entry);
    const stem = path.slice(0, -4);
    // Kubernetes keeps the true files in hidden folders, and links to them.
    if (entry.startsWith('.')) continue;
    if (entry.endsWith('.pem')) found.push({ name: entry, cert: path, key: path });
    else if (entry.endsWith('.crt') && entries.includes(`${basename(stem)}.key`))
      found.push({ name: entry, cert: path, key: `${stem}.key` });
    else if (await isThere(join(path, 'fullchain.pem')))
      found.push({ name: entry, cert: join(path, 'fullchain.pem'), key: join(path, 'privkey.pem') });
  }
  return found;
}

/** Changes when one of the files does, whatever is read of them. Undefined: one is not there. */
export async function stampOf({ cert, key }: CertificateFiles): Promise<string | undefined> {
  try {
    const both = await Promise.all([stat(cert), stat(key)]);
    return both.map(({ ino, size, mtimeMs }) => `${ino}.${size}.${mtimeMs}`).join(' ');
  } catch {
    return undefined;
  }
}

/** @throws Error that says in words what is wrong with them; never with a part of the key */
export async function loadFiles(files: CertificateFiles): Promise<LoadedCertificate> {
  const [cert, key] = await Promise.all([read(files.cert), read(files.key)]);
  return loadCertificate({ cert, key });
}

/** @throws Error */
export function loadCertificate({ cert, key }: Certificate): LoadedCertificate {
  const leaf = inWords('the certificate cannot be read', () => new X509Certificate(cert));
  const privateKey = inWords('the key cannot be read', () => createPrivateKey(key));
  if (!leaf.checkPrivateKey(privateKey)) throw new Error('the key does not belong to the certificate');
  const context = inWords('TLS does not take them', () =>
    createSecureContext({ cert, key, minVersion: oldestTls }),
  );
  return { cert, key, names: namesOf(leaf), endsAt: new Date(leaf.validTo), context };
}

function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  return Array.from(subjectAltName.matchAll(/(?:^|, )DNS:([^,"\s]+)/g), ([, name = '']) =>
    name.toLowerCase(),
  );
}

async function read(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > mostBytes) throw new Error(`${basename(path)} is too big for a certificate`);
  return readFile(path, 'utf8');
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

// What OpenSSL says of a key names no part of it, and helps nobody either.
function inWords<T>(words: string, make: () => T): T {
  try {
    return make();
  } catch {
    throw new Error(words);
  }
}
