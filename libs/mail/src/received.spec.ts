import { receivedLine } from './received';

const facts = {
  helo: 'client.test',
  clientAddress: '192.0.2.1',
  by: 'mx.holdfast.test',
  protocol: 'ESMTPS',
  id: '0197',
  at: new Date('2026-11-23T10:00:00Z'),
};

describe('receivedLine', () => {
  it('says who, where, how and when', () => {
    expect(receivedLine({ ...facts, tls: 'TLSv1.3, TLS_AES_256_GCM_SHA384', recipient: 'a@b.test' })).toBe(
      'Received: from client.test ([192.0.2.1])\r\n\tby mx.holdfast.test with ESMTPS id 0197\r\n' +
        '\t(TLSv1.3, TLS_AES_256_GCM_SHA384)\r\n\tfor <a@b.test>;\r\n\tMon, 23 Nov 2026 10:00:00 +0000\r\n',
    );
  });

  it('marks IPv6', () =>
    expect(receivedLine({ ...facts, clientAddress: '2001:db8::1' })).toContain('[IPv6:2001:db8::1]'));

  it('lets no client end the line or open a comment', () => {
    const line = receivedLine({ ...facts, helo: 'x\r\nSubject: (forged\\' });
    expect(line.split('\r\n')[0]).toBe('Received: from xSubject:forged ([192.0.2.1])');
  });
});
