import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

let port25: Port25;

beforeAll(async () => {
  port25 = await openPort25();
});

afterAll(() => port25?.remove());

const said = (event: string) => port25.said.filter((line) => line['event'] === event);

describe('port 25', () => {
  it('takes a message for a domain that it backs up', async () => {
    await play(
      port25.port,
      `S: 220 mx.holdfast.test ESMTP
       C: EHLO client.test
       S: 250 SIZE 1000000
       C: MAIL FROM:<ada@sender.test> SIZE=100 BODY=8BITMIME
       S: 250 2.1.0 Accepted
       C: RCPT TO:<Bob@OPEN.test>
       S: 250 2.1.5 Accepted
       C: DATA
       S: 354 End data with <CR><LF>.<CR><LF>
       C: Subject: Monday
       C:
       C: ..a line with a dot
       C: .
       S: 250 2.0.0 Ok: queued as ...
       C: QUIT
       S: 221 2.0.0 Bye
       S: closed`,
    );
    const { id, body } = await port25.newest();
    expect(body).toMatch(
      new RegExp(
        '^Received: from client\\.test \\(\\[127\\.0\\.0\\.1\\]\\)\\r\\n\\tby mx\\.holdfast\\.test with ESMTP id ' +
          id +
          '\\r\\n\\tfor <Bob@open\\.test>;\\r\\n\\t[^\\r\\n]+ \\+0000\\r\\nX-Holdfast-Client: 127\\.0\\.0\\.1; helo="[^"]+"\\r\\nX-Holdfast-Scan: not-scanned\\r\\nSubject: Monday\\r\\n\\r\\n\\.a line with a dot\\r\\n$',
      ),
    );
    expect(said('received').at(-1)).toMatchObject({
      messageId: id,
      sender: 'ada@sender.test',
      recipients: 1,
      scan: 'not-scanned',
    });
  });

  it('says what it can', async () => {
    await play(
      port25.port,
      `S: 220 ...
       C: HELO client.test
       S: 250 mx.holdfast.test
       C: NOOP
       S: 250 2.0.0 OK
       C: VRFY bob@listed.test
       S: 252 2.0.0 ...
       C: EXPN list
       S: 502 5.5.1 ...
       C: AUTH PLAIN AGEAYg==
       S: 500 5.5.2 ...
       C: RSET
       S: 250 2.0.0 Flushed`,
    );
  });

  it.each([
    [
      'a domain that nobody asked us to back up',
      'x@stranger.test',
      '550 5.7.1 We are no mail exchanger for stranger.test; relaying denied',
    ],
    ['a domain that is not verified', 'x@waiting.test', '550 5.7.1 ...'],
    ['a subdomain of ours', 'x@sub.open.test', '550 5.7.1 ...'],
    ['a look-alike of ours', 'x@ope\u0274.test', '550 5.7.1 ...'],
    ['an address literal', 'x@[127.0.0.1]', '550 5.1.3 ...'],
    ['a percent hack', 'x%stranger.test@other.stranger.test', '550 5.7.1 ...'],
    [
      'a mailbox that the domain does not list',
      'eve@listed.test',
      '550 5.1.1 There is no such mailbox in listed.test',
    ],
    ['a suspended domain', 'x@resting.test', '450 4.2.1 ...'],
    ['a tenant whose queue is full', 'x@full.test', '452 4.3.1 ...'],
  ])('refuses %s', async (_what, recipient, reply) => {
    await play(
      port25.port,
      `S: 220 ...
       C: EHLO client.test
       S: 250 ...
       C: MAIL FROM:<> SMTPUTF8
       S: 250 2.1.0 ...
       C: RCPT TO:<${recipient}>
       S: ${reply}
       C: DATA
       S: 503 5.5.1 ...`,
    );
    expect(said('refused-at-rcpt').at(-1)).toMatchObject({ recipient });
  });

  it.each(['\u3002', '\uff0e', '\uff61'])('takes %j for no dot of ours', async (falseDot) => {
    await play(
      port25.port,
      `S: 220 ...
       C: EHLO client.test
       S: 250 ...
       C: MAIL FROM:<a@b${falseDot}test> SMTPUTF8
       S: 501 5.1.7 ...
       C: MAIL FROM:<> SMTPUTF8
       S: 250 2.1.0 ...
       C: RCPT TO:<x@open${falseDot}test>
       S: 550 5.1.3 ...
       C: DATA
       S: 503 5.5.1 ...`,
    );
  });

  it('knows a listed mailbox however it is written, and the null sender', async () => {
    await play(
      port25.port,
      `S: 220 ...
       C: EHLO client.test
       S: 250 ...
       C: MAIL FROM:<>
       S: 250 ...
       C: RCPT TO:<BOB@listed.TEST>
       S: 250 2.1.5 ...`,
    );
  });

  it('has its parameters in order', async () => {
    await play(
      port25.port,
      `S: 220 ...
       C: EHLO client.test
       S: 250 ...
       C: MAIL FROM:<a@b.test> SIZE=1000001
       S: 552 5.3.4 ...
       C: MAIL FROM:<a@b.test> SIZE=many
       S: 501 5.5.4 ...
       C: MAIL FROM:<a@b.test> REQUIRETLS=x
       S: 530 5.7.0 ...
       C: MAIL FROM:<a@b.test> MT-PRIORITY=3
       S: 555 5.5.4 MT-PRIORITY is not offered here
       C: MAIL FROM:<j\u00fcrgen@b.test>
       S: 553 5.6.7 ...
       C: MAIL FROM:<j\u00fcrgen@b.test> SMTPUTF8
       S: 250 2.1.0 ...
       C: MAIL FROM:<a@b.test>
       S: 503 5.5.1 ...
       C: RCPT TO:<x@open.test
       S: 501 5.1.3 ...`,
    );
  });

  it('answers 500 to what it does not know, and has enough at the tenth', async () => {
    const garbage = Array.from({ length: 9 }, () => 'C: xyzzy\nS: 500 5.5.2 ...').join('\n');
    await play(port25.port, `S: 220 ...\n${garbage}\nC: plugh\nS: 421 4.7.0 ...\nS: closed`);
  });

  it.each([
    ['talks before the greeting', 'C: EHLO client.test\nS: 421 4.7.0 ...\nS: closed'],
    ['speaks HTTP', 'S: 220 ...\nC: POST / HTTP/1.1\nS: 421 4.7.0 ...\nS: closed'],
    [
      'sends a command without end',
      `S: 220 ...\nC: NOOP ${'x'.repeat(100_000)}\nS: 421 4.7.0 ...\nS: closed`,
    ],
  ])('ends the connection of one who %s', async (_what, transcript) =>
    play(port25.port, transcript, { from: '127.0.3.1' }),
  );

  it('takes a thousand recipients, and leaves the next for later', async () => {
    const rcpts = Array.from({ length: 1000 }, (_, n) => `C: RCPT TO:<r${n}@open.test>`);
    const yes = Array.from({ length: 1000 }, () => 'S: 250 2.1.5 ...');
    await play(
      port25.port,
      [
        'S: 220 ...',
        'C: EHLO c.test',
        'S: 250 ...',
        'C: MAIL FROM:<>',
        'S: 250 ...',
        ...rcpts,
        ...yes,
        'C: RCPT TO:<one-more@open.test>',
        'S: 452 4.5.3 ...',
        'C: RCPT TO:<R1@open.test>',
        'S: 250 2.1.5 ...',
      ].join('\n'),
    );
  });

  it('makes one message for each tenant, which do not know of each other', async () => {
    const before = new Set(port25.spool.list(undefined, 1000));
    await play(
      port25.port,
      `S: 220 ...
       C: EHLO client.test
       S: 250 ...
       C: MAIL FROM:<a@b.test>
       C: RCPT TO:<one@open.test>
       C: RCPT TO:<two@other.test>
       C: RCPT TO:<three@listed.test>
       C: RCPT TO:<bob@listed.test>
       C: DATA
       S: 250 ...
       S: 250 ...
       S: 250 ...
       S: 550 5.1.1 ...
       S: 250 ...
       S: 354 ...
       C: Subject: x
       C:
       C: .
       S: 250 2.0.0 Ok: queued as ..., ...`,
    );
    const ids = port25.spool.list(undefined, 1000).filter((id) => !before.has(id));
    const envelopes = await Promise.all(ids.map((id) => port25.spool.envelope(id)));
    expect(envelopes.map((envelope) => envelope?.recipients.map(({ address }) => address))).toEqual(
      expect.arrayContaining([['one@open.test', 'bob@listed.test'], ['two@other.test']]),
    );
    for (const id of ids)
      expect((await port25.spool.body(id))?.toString()).not.toMatch(/two@other\.test[^]*bob|bob[^]*two@/);
  });

  it('speaks TLS with the certificate that it made, and starts afresh then', async () => {
    const { Conversation } = await import('./testing/conversation');
    const conversation = await Conversation.open(port25.port);
    const ask = async (line: string): Promise<string> => {
      conversation.send(`${line}\r\n`);
      return conversation.reply();
    };
    await conversation.reply();
    expect(await ask('EHLO client.test')).toContain('STARTTLS');
    expect(await ask('STARTTLS')).toMatch(/^220 2\.0\.0/);
    await conversation.secure();
    expect(await ask('MAIL FROM:<>')).toMatch(/^503 5\.5\.1/);
    expect(await ask('EHLO client.test')).not.toContain('STARTTLS');
    await ask('MAIL FROM:<a@b.test>');
    await ask('RCPT TO:<x@open.test>');
    await ask('DATA');
    expect(await ask('Subject: x\r\n\r\n.')).toMatch(/^250 2\.0\.0/);
    conversation.close();
    expect((await port25.newest()).body).toMatch(/with ESMTPS id [^\r]+\r\n\t\(TLSv1\.3, TLS_\w+\)\r\n/);
  });
});
