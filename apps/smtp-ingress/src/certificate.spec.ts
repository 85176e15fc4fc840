import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOwnCertificate, makeCertificate } from './certificate';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-keys-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

it('is made for the host name, signed by its own key, valid for ten years', () => {
  const { key, cert } = makeCertificate('mx.holdfast.test', new Date('2026-11-23T10:00:00Z'));
  const certificate = new X509Certificate(cert);
  expect(certificate.checkHost('mx.holdfast.test')).toBe('mx.holdfast.test');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(new Date(certificate.validFrom).toISOString()).toBe('2026-11-23T10:00:00.000Z');
  expect(new Date(certificate.validTo).getUTCFullYear()).toBe(2036);
});

it('is made once and used again', async () => {
  const first = await loadOwnCertificate(directory, 'mx.holdfast.test');
  expect(await loadOwnCertificate(directory, 'mx.holdfast.test')).toEqual(first);
});
