import { simpleParser } from 'mailparser';
import { deliveryReport, type DeliveryReport } from './delivery-report';
import { headerFields } from './header-fields';

const message = Buffer.from(
  'Received: from x\r\n\tby y\r\nFrom: Ann <ann@elsewhere.test>\r\nSubject: Plans\r\nMessage-ID: <1@elsewhere.test>\r\n\r\nSecret body\r\n',
);
const report: DeliveryReport = {
  id: '019a0000-0000-7000-8000-000000000000',
  hostname: 'mx2.provider.test',
  to: 'ann@elsewhere.test',
  envelopeId: 'QQ314159',
  arrivedAt: new Date('2026-11-01T10:00:00Z'),
  at: new Date('2026-12-01T10:00:00Z'),
  recipients: [
    {
      recipient: 'bob@held.test',
      originalRecipient: 'rfc822;robert@old.test',
      reply: '550-5.1.1 <bob@held.test>: User\r\n550 5.1.1 unknown',
      remoteHost: 'mail.held.test',
      end: 'refused',
      lastAttemptAt: new Date('2026-12-01T09:59:00Z'),
    },
    { recipient: 'carol@held.test', reply: null, end: 'expired' },
  ],
  ret: null,
  message,
  messageIdHeader: '<1@elsewhere.test>',
};

/** The parts of a report, each as its fields and its content, by nothing but the boundary. */
function partsOf(raw: Buffer): { type: string; content: string }[] {
  const text = raw.toString('latin1');
  const boundary = /boundary="([^"]+)"/.exec(text)?.[1] ?? '';
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const at = part.indexOf('\r\n\r\n');
      return { type: /Content-Type: ([^;\r]+)/.exec(part)?.[1] ?? '', content: part.slice(at + 4, -2) };
    });
}

it('is a multipart/report whose second part says what RFC 3464 asks for', () => {
  const parts = partsOf(deliveryReport(report));
  expect(parts.map(({ type }) => type)).toEqual([
    'text/plain',
    'message/delivery-status',
    'text/rfc822-headers',
  ]);
  const [about, ...recipients] = (parts[1]?.content ?? '')
    .split('\r\n\r\n')
    .filter((block) => block.trim() !== '')
    .map((block) =>
      headerFields(Buffer.from(`${block}\r\n\r\n`)).map(({ name, value }) => `${name}: ${value}`),
    );
  expect(about).toEqual([
    'original-envelope-id: QQ314159',
    'reporting-mta: dns; mx2.provider.test',
    'arrival-date: Sun, 01 Nov 2026 10:00:00 +0000',
  ]);
  expect(recipients).toEqual([
    [
      'original-recipient: rfc822;robert@old.test',
      'final-recipient: rfc822; bob@held.test',
      'action: failed',
      'status: 5.1.1',
      'remote-mta: dns; mail.held.test',
      'diagnostic-code: smtp; 550-5.1.1 <bob@held.test>: User 550 5.1.1 unknown',
      'last-attempt-date: Tue, 01 Dec 2026 09:59:00 +0000',
    ],
    ['final-recipient: rfc822; carol@held.test', 'action: failed', 'status: 4.4.7'],
  ]);
});

it('is read by a mail program as what it is', async () => {
  const mail = await simpleParser(deliveryReport(report));
  expect(mail.from?.value[0]?.address).toBe('mailer-daemon@mx2.provider.test');
  expect([mail.to].flat()[0]?.text).toBe('ann@elsewhere.test');
  expect(mail.headers.get('auto-submitted')).toBe('auto-replied');
  expect(mail.headers.get('content-type')).toMatchObject({
    value: 'multipart/report',
    params: { 'report-type': 'delivery-status' },
  });
  expect(mail.inReplyTo).toBe('<1@elsewhere.test>');
  expect(mail.text).toContain('<bob@held.test>');
  expect(mail.text).toContain('User 550 5.1.1 unknown');
});

it('returns the header section, the whole message when it was asked for and is small, and nothing when there is nothing', () => {
  const third = (more: Partial<DeliveryReport>) => partsOf(deliveryReport({ ...report, ...more }))[2];
  expect(third({})?.content).not.toContain('Secret');
  expect(third({ ret: 'hdrs' })?.type).toBe('text/rfc822-headers');
  expect(third({ ret: 'full' })).toMatchObject({ type: 'message/rfc822', content: message.toString() });
  const big = Buffer.concat([message, Buffer.alloc(100_000, 'x'), Buffer.from('\r\n')]);
  expect(third({ ret: 'full', message: big })?.type).toBe('text/rfc822-headers');
  expect(third({ message: undefined })).toBeUndefined();
  const long = Buffer.from(`Subject: x\r\n${'X-Long: yes\r\n'.repeat(100_000)}\r\nbody`);
  expect(deliveryReport({ ...report, ret: 'full', message: long }).length).toBeLessThan(20_000);
});

it('lets no server and no sender write into it what they like', () => {
  const raw = deliveryReport({
    ...report,
    to: 'ann@elsewhere.test\r\nBcc: <all@elsewhere.test>',
    envelopeId: 'x\r\nAction: delivered',
    messageIdHeader: '<1@x>\r\nX-Evil: yes',
    recipients: [
      {
        recipient: 'b@c.test',
        reply: `550 no\r\n\r\nFinal-Recipient: rfc822; x@y.test ${'z'.repeat(5_000)}`,
        end: 'refused',
      },
    ],
  }).toString('latin1');
  expect(raw).not.toMatch(/^(Bcc|X-Evil|Action: delivered|Final-Recipient: rfc822; x@y)/m);
  expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThan(998);
});

it('writes addresses beyond ASCII as RFC 6533 has it', () => {
  const recipients = [
    { recipient: 'r\u00e9mi@held.test', reply: '550 5.1.1 r\u00e9mi?', end: 'refused' as const },
  ];
  const status = partsOf(deliveryReport({ ...report, recipients }))[1]?.content;
  expect(status).toContain('Final-Recipient: utf-8; r\\x{E9}mi@held.test');
});
