import type { SpooledEnvelope } from '../envelope';

export function envelopeFor(bytes: number): SpooledEnvelope {
  return {
    tenantId: '0190a000-0000-7000-8000-000000000000',
    sender: 'a@sender.test',
    recipients: [
      { address: 'x@domain.test', domainId: '0190a000-0000-7000-8000-000000000001', retentionDays: 30 },
    ],
    client: { address: '192.0.2.1', helo: 'client.test', protocol: 'ESMTP' },
    receivedAt: '2026-11-23T10:00:00.000Z',
    bytes,
    scan: 'clean',
  };
}

/** A body that can be told from every other: its id, repeated. */
export function bodyOf(id: string, bytes: number): Buffer {
  return Buffer.alloc(bytes, `${id}\r\n`);
}
