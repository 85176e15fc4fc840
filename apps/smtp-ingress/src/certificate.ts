/**
 * The self-made certificate for STARTTLS, kept in the data directory's `keys` and used again. Opportunistic TLS does not check the
 * name (RFC 7435): it keeps listeners out as well as a bought one does. Who wants to be checked gives us a real one (certificates.ts).
 */
import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Certificate {
  key: string;
  cert: string;
}

export async function loadOwnCertificate(directory: string, hostname: string): Promise<Certificate> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'smtp.pem');
  const kept = await read(path);
  if (kept) return kept;
  const made = makeCertificate(hostname, new Date());
  // One file appears whole with both in it: two workers that start together must not end with the key of one and the certificate
  // of the other.
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, made.key + made.cert, { mode: 0o600 });
  await rename(beside, path);
  return (await read(path)) ?? made;
}

async function read(path: string): Promise<Certificate | undefined> {
  const both = await readFile(path, 'utf8').catch(() => undefined);
  return both ? { key: both, cert: both } : undefined;
}

const tenYearsMs = 3650 * 86_400_000;

/** A self-signed X.509 certificate (RFC 5280) for one host name, EC P-256, ten years. */
export function makeCertificate(hostname: string, from: Date): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const name = sequence(
    tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(hostname.slice(0, 64))))),
  );
  const alternativeName = sequence(
    oid('551d11'),
    tagged(0x04, sequence(tagged(0x82, Buffer.from(hostname)))),
  );
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const toBeSigned = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    name,
    sequence(time(from), time(new Date(from.getTime() + tenYearsMs))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(alternativeName)),
  );
  const signature = createSign('sha256').update(toBeSigned).sign(privateKey);
  const der = sequence(
    toBeSigned,
    ecdsaWithSha256,
    tagged(0x03, Buffer.concat([Buffer.from([0]), signature])),
  );
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

// The few forms of DER (X.690) that a certificate needs.
function tagged(tag: number, ...content: Uint8Array[]): Buffer {
  const value = Buffer.concat(content);
  const length =
    value.length < 0x80
      ? [value.length]
      : value.length < 0x100
        ? [0x81, value.length]
        : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

const sequence = (...content: Uint8Array[]): Buffer => tagged(0x30, ...content);
const integer = (value: Uint8Array): Buffer => tagged(0x02, value);
const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
/** GeneralizedTime, YYYYMMDDHHMMSSZ; UTCTime before 2050, as RFC 5280 section 4.1.2.5 wants. */
function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, '');
  return at.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2)))
    : tagged(0x18, Buffer.from(digits));
}
