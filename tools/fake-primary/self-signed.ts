/**
 * A certificate for a mail server of ours, made on the spot: STARTTLS can be tried with real handshakes, and no key has
 * to lie in the repository. X.509 (RFC 5280) by hand, because Node reads certificates and does not write them.
 */
import { generateKeyPairSync, sign } from 'node:crypto';

/** Tag, length, content: all that DER needs here. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const size = body.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...content: Buffer[]): Buffer => der(0x30, ...content);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const utcTime = (at: Date): Buffer =>
  der(0x17, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const commonName = oid('550403');
const subjectAltName = oid('551d11');
const basicConstraints = oid('551d13');

export interface SelfSigned {
  /** PEM */
  key: string;
  /** PEM; its own authority, so it can be handed to a client as `ca`. */
  cert: string;
}

/** Valid from an hour ago for `days` days; a negative number makes one that has expired. */
export function selfSigned(hostname: string, days = 30): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const hourMs = 3_600_000;
  const from = Date.now() - hourMs + Math.min(days, 0) * 24 * hourMs;
  const until = from + Math.abs(days) * 24 * hourMs;
  const name = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(hostname)))));
  const extensions = sequence(
    sequence(subjectAltName, der(0x04, sequence(der(0x82, Buffer.from(hostname))))),
    sequence(basicConstraints, der(0x04, sequence(der(0x01, Buffer.from([0xff]))))),
  );
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(utcTime(new Date(from)), utcTime(new Date(until))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString('base64').replace(/.{64}(?!$)/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
