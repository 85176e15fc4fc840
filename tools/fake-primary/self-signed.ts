/**
 * A certificate for a mail server of ours, made on the spot: STARTTLS can be tried with real handshakes, and no key has
 * to lie in the repository. X.509 (RFC 5280) by hand, because Node reads certificates and does not write them.
 */
import {
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';

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

/** An authority of our own, for clients that want to know one. */
export interface Authority {
  /** PEM */
  cert: string;
  /** A certificate for a host, signed by it; `cert` holds the chain. Days as in `selfSigned`. */
  issue(hostname: string, days?: number): SelfSigned;
}

interface Party {
  name: string;
  keys: KeyPairKeyObjectResult;
}

const newParty = (name: string): Party => ({
  name,
  keys: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
});

/** Valid from an hour ago for `days` days; a negative number makes one that has expired. */
export function selfSigned(hostname: string, days = 30): SelfSigned {
  const host = newParty(hostname);
  return { key: pemOf(host.keys.privateKey), cert: certificate(host, host, days, true) };
}

export function authority(name = 'An authority of a spec'): Authority {
  const root = newParty(name);
  const cert = certificate(root, root, 30, true);
  return {
    cert,
    issue(hostname, days = 30) {
      const host = newParty(hostname);
      return { key: pemOf(host.keys.privateKey), cert: certificate(host, root, days, false) + cert };
    },
  };
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function certificate(subject: Party, issuer: Party, days: number, isAuthority: boolean): string {
  const hourMs = 3_600_000;
  const from = Date.now() - hourMs + Math.min(days, 0) * 24 * hourMs;
  const until = from + Math.abs(days) * 24 * hourMs;
  const nameOf = (party: Party): Buffer =>
    sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(party.name)))));
  const address = ipv4(subject.name);
  const altName = address ? der(0x87, address) : der(0x82, Buffer.from(subject.name));
  const extensions = sequence(
    sequence(subjectAltName, der(0x04, sequence(altName))),
    sequence(basicConstraints, der(0x04, sequence(...(isAuthority ? [der(0x01, Buffer.from([0xff]))] : [])))),
  );
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(7)]);
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, serial),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(utcTime(new Date(from)), utcTime(new Date(until))),
    nameOf(subject),
    subject.keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = sign('sha256', toBeSigned, issuer.keys.privateKey);
  const signed = sequence(toBeSigned, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const lines = signed.toString('base64').replace(/.{64}(?!$)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function ipv4(text: string): Buffer | undefined {
  const octets = text.split('.').map(Number);
  return octets.length === 4 && octets.every((octet) => octet >= 0 && octet < 256)
    ? Buffer.from(octets)
    : undefined;
}
