import { claimDue, openPool } from '@holdfast/queue';
import type pg from 'pg';
import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

let port25: Port25;
let relay: pg.Pool;

beforeAll(async () => {
  port25 = await openPort25();
  relay = openPool({ url: port25.database.urlAs('relay'), max: 1, program: 'spec' });
});

afterAll(async () => {
  await relay?.end();
  await port25?.remove();
});

it('offers reports as RFC 3461 has them, and reads what is asked strictly', async () => {
  await play(
    port25.port,
    `S: 220 ...
     C: EHLO client.test
     S: 250-mx.holdfast.test
     S: 250-PIPELINING
     S: 250-8BITMIME
     S: 250-SMTPUTF8
     S: 250-ENHANCEDSTATUSCODES
     S: 250-DSN
     S: 250-ETRN
     S: 250-STARTTLS
     S: 250 SIZE 1000000
     C: MAIL FROM:<a@b.test> RET=SOME
     S: 501 5.5.4 ...
     C: MAIL FROM:<a@b.test> RET
     S: 501 5.5.4 ...
     C: MAIL FROM:<a@b.test> RET=FULL RET=HDRS
     S: 501 5.5.4 ...
     C: MAIL FROM:<a@b.test> ENVID=${'x'.repeat(101)}
     S: 501 5.5.4 Bad value of ENVID
     C: MAIL FROM:<a@b.test> ENVID=a+2b
     S: 501 5.5.4 Bad value of ENVID
     C: MAIL FROM:<a@b.test> NOTIFY=NEVER
     S: 555 5.5.4 NOTIFY is not offered here
     C: MAIL FROM:<a@b.test> ENVID=a RET=hdrs
     S: 250 2.1.0 ...
     C: RCPT TO:<x@open.test> NOTIFY=NEVER,SUCCESS
     S: 501 5.5.4 ...
     C: RCPT TO:<x@open.test> NOTIFY=ALWAYS
     S: 501 5.5.4 ...
     C: RCPT TO:<x@open.test> ORCPT=x@open.test
     S: 501 5.5.4 ...
     C: RCPT TO:<x@open.test> ORCPT=rfc822;${'x'.repeat(494)}
     S: 501 5.5.4 Bad value of ORCPT
     C: RCPT TO:<x@open.test> ORCPT=rfc822;a+E9
     S: 501 5.5.4 ...
     C: RCPT TO:<x@open.test> RRVS=2014-04-03T23:01:00Z
     S: 555 5.5.4 RRVS is not offered here
     C: RCPT TO:<x@open.test>
     S: 250 2.1.5 ...`,
  );
});

it('keeps what was asked with the message, and hands it to the relay', async () => {
  await play(
    port25.port,
    `S: 220 ...
     C: EHLO client.test
     S: 250 ...
     C: MAIL FROM:<a@b.test> RET=HDRS ENVID=QQ+2B7 SMTPUTF8
     C: RCPT TO:<never@open.test> NOTIFY=NEVER
     C: RCPT TO:<some@open.test> NOTIFY=delay,SUCCESS ORCPT=rfc822;first+2Blist@b.test
     C: RCPT TO:<plain@open.test> ORCPT=utf-8;j\u00fcrgen@b.test
     C: RCPT TO:<silent@open.test>
     C: DATA
     S: 250 ...
     S: 250 ...
     S: 250 ...
     S: 250 ...
     S: 250 ...
     S: 354 ...
     C: Subject: x
     C:
     C: .
     S: 250 2.0.0 ...`,
  );
  const { id } = await port25.newest();
  const envelope = await port25.spool.envelope(id);
  expect(envelope).toMatchObject({ envelopeId: 'QQ+7', ret: 'hdrs', isSmtpUtf8: true });
  expect(envelope?.recipients.map(({ notify, originalRecipient }) => [notify, originalRecipient])).toEqual([
    [['never'], undefined],
    [['success', 'delay'], 'rfc822;first+list@b.test'],
    [undefined, 'utf-8;j\\x{FC}rgen@b.test'],
    [undefined, undefined],
  ]);

  await port25.stop();
  const claimed = await claimDue(relay, {
    domainId: envelope?.recipients[0]?.domainId ?? '',
    node: port25.config.node,
    worker: 'spec',
    limit: 10,
    leaseSeconds: 60,
  });
  const common = { envelopeId: 'QQ+7', ret: 'hdrs', isSmtpUtf8: true, requireTls: false };
  expect(claimed).toEqual([
    expect.objectContaining({ ...common, notify: ['never'], originalRecipient: null }),
    expect.objectContaining({
      ...common,
      notify: ['success', 'delay'],
      originalRecipient: 'rfc822;first+list@b.test',
    }),
    expect.objectContaining({ ...common, notify: null, originalRecipient: 'utf-8;j\\x{FC}rgen@b.test' }),
    expect.objectContaining({ ...common, notify: null, originalRecipient: null }),
  ]);
});
