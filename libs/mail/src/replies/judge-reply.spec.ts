import { judgeReply, verdictOf } from './judge-reply';
import { replyRules } from './reply-rules';

const rows = replyRules.flatMap((rule) => rule.seen.map(([server, reply]) => ({ rule, server, reply })));

describe('what real servers say', () => {
  it.each(rows.map(({ rule, server, reply }) => [rule.name, server, reply] as const))(
    '%s: %s: %s',
    (name, _server, reply) => {
      const rule = replyRules.find((one) => one.name === name);
      const verdict = reply.startsWith('5') ? rule?.permanent : 'deferred';
      expect(judgeReply(reply)).toMatchObject({ rule: name, verdict });
    },
  );

  it('comes from the servers that primaries are', () => {
    const servers = new Set(rows.map(({ server }) => server));
    for (const server of [
      'Exchange',
      'Exchange Online',
      'Google',
      'Postfix',
      'Exim',
      'qmail',
      'Barracuda',
      'Proofpoint',
      'Mimecast',
      'sendmail',
      'OpenSMTPD',
      'Dovecot LMTP',
      'Courier',
      'hMailServer',
      'MDaemon',
      'Zimbra',
    ])
      expect(servers).toContain(server);
    expect(rows.length).toBeGreaterThan(200);
  });
});

describe('what nobody wrote down', () => {
  it.each([
    '',
    'hello',
    '354 go on',
    '199 odd',
    'Connection closed',
    '550',
    '550 No.',
    '554 5.7.1 Rejected',
    '571 Go away',
  ])('%j is temporary', (reply) =>
    expect(judgeReply(reply)).toEqual({ verdict: 'deferred', isTrouble: false }),
  );

  it.each([
    ['550 5.1.1 Niemand dieses Namens', 'unknown-user'],
    ['550 5.3.4 Trop grand', 'too-big'],
    ['550 5.2.1 Gesloten', 'mailbox-closed'],
    ['554 5.6.0 Nein', 'content'],
    ['550 desole (#5.1.1)', 'unknown-user'],
  ])('is refused all the same when its enhanced code is plain: %s', (reply, rule) =>
    expect(judgeReply(reply)).toMatchObject({ verdict: 'refused', rule }),
  );
});

it('takes a 2xx as delivered, whatever its words say', () => {
  expect(verdictOf('250 2.0.0 Ok: queued as 4XyZ')).toBe('delivered');
  expect(verdictOf('250-all good\n250 really, no such user here')).toBe('delivered');
});

it('never refuses with a 4xx', () => {
  for (const { reply } of rows) expect(verdictOf(`4${reply.slice(1)}`)).toBe('deferred');
});

it('lets no mailbox decide by its name', () => {
  expect(judgeReply('550 5.1.1 <spf@b.test>: User unknown').rule).toBe('unknown-user');
  expect(
    judgeReply('550 <no.such.user@b.test> says no, see https://b.test/no/such/mailbox/spam').verdict,
  ).toBe('deferred');
});

it('tells the tenant of what only a person can mend', () => {
  expect(judgeReply('554 5.7.1 Client host [192.0.2.1] blocked using zen.example')).toMatchObject({
    verdict: 'deferred',
    about: 'us',
    isTrouble: true,
  });
  expect(judgeReply('550 5.1.1 User unknown').isTrouble).toBe(false);
});

it('is quick with a hostile reply', () => {
  const reply = `550 ${'client host client host '.repeat(50_000)}`;
  const began = performance.now();
  for (let n = 0; n < 100; n++) judgeReply(reply);
  expect(performance.now() - began).toBeLessThan(2_000);
});

it('has a name, words and a reason in every row', () => {
  expect(new Set(replyRules.map(({ name }) => name)).size).toBe(replyRules.length);
  for (const { words, because, seen } of replyRules) {
    expect([words.length > 0, because.length > 20, seen.length > 2]).toEqual([true, true, true]);
    expect(words).toEqual(words.map((word) => word.toLowerCase()));
  }
});
