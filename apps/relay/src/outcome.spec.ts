import { verdictOf } from './outcome';

describe('what a reply means', () => {
  it.each([
    ['250 2.0.0 Ok: queued as 4XyZ', 'delivered'],
    ['250-all good\n250 really', 'delivered'],
    ['550 5.1.1 <a@b.test>: Recipient address rejected: User unknown in local recipient table', 'refused'],
    ['550-5.1.1 The email account that you tried to reach does not exist.', 'refused'],
    ['552 5.2.2 The email account that you tried to reach is over quota', 'refused'],
    ['552 5.3.4 Message size exceeds fixed limit', 'refused'],
    ['554 5.7.1 Message rejected as spam', 'refused'],
    ['450 4.2.0 <a@b.test>: Recipient address rejected: Greylisted', 'deferred'],
    ['452 4.2.2 Mailbox full', 'deferred'],
    ['421 4.3.2 Service shutting down', 'deferred'],
    ['451 qq temporary problem (#4.3.0)', 'deferred'],
  ])('%s -> %s', (reply, expected) => expect(verdictOf(reply)).toBe(expected));

  it.each([
    '554 5.7.1 <a@b.test>: Relay access denied',
    '550 relay not permitted',
    '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain',
    '550 5.7.1 Unable to relay',
    '550 Greylisted, please try again later',
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example',
  ])('%s is not believed', (reply) => expect(verdictOf(reply)).toBe('deferred'));

  it.each(['', 'hello', '354 go on', '199 odd', 'Connection closed'])(
    'the unknown %j is temporary',
    (reply) => expect(verdictOf(reply)).toBe('deferred'),
  );
});
