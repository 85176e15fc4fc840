/**
 * Ways to make a mail server pass mail on for a stranger, and odd addresses that are honest, as data. The first must never be taken,
 * the second never be refused. `open.test` and `xn--bcher-kva.test` are ours and take any mailbox; `victim.test` is not.
 */
export interface RelayAttempt {
  /** between "RCPT TO:<" and ">"; Latin-1 octets when it is a buffer */
  path: string | Buffer;
  why: string;
  /** the recipient that is stored; without it the answer is 5xx and nothing is */
  ours?: string;
}

const postfixLoophole =
  'Postfix, allow_untrusted_routing: a primary that trusts its backup follows the route';
const rfc5321C = 'RFC 5321 appendix C: a source route is ignored';
const utf8 = 'looks like ours and is not: RFC 5890 knows one normal form';
const literal = 'RFC 5321 section 4.1.3: an address literal names a machine, not a domain of a tenant';
const long64 = 'x'.repeat(64);

export const relayAttempts: RelayAttempt[] = [
  // Not ours
  { path: 'user@victim.test', why: 'the plain one' },
  { path: 'user@VICTIM.TEST', why: 'in capitals' },
  { path: 'user@open.test.victim.test', why: 'our name as the beginning of another' },
  { path: 'user@victim.test.open.test', why: 'a subdomain of ours is not ours' },
  { path: 'user@victimopen.test', why: 'our name as the end of another' },
  { path: 'user@test', why: 'the domain above ours' },
  { path: 'user@.test', why: 'an empty label' },
  { path: 'user@localhost', why: 'the machine itself' },
  { path: 'user@', why: 'no domain' },
  { path: 'user', why: 'no domain: many servers complete it with their own' },
  { path: '@open.test', why: 'no local part' },
  { path: '', why: 'nothing at all' },

  // Routes
  { path: 'user%victim.test@open.test', why: postfixLoophole },
  { path: 'user%victim.test%open.test@open.test', why: postfixLoophole },
  { path: 'user%victim.test', why: 'a percent hack without a domain' },
  { path: 'user%open.test@victim.test', why: 'a percent hack through a stranger' },
  { path: 'user%[192.0.2.1]@open.test', why: postfixLoophole },
  { path: 'victim.test!user@open.test', why: postfixLoophole },
  { path: 'a!victim.test!user@open.test', why: postfixLoophole },
  { path: 'victim.test!user', why: 'a bang path alone (RFC 976)' },
  { path: 'open.test!user@victim.test', why: 'a bang path through us' },
  { path: '"user@victim.test"@open.test', why: postfixLoophole },
  { path: '"user%victim.test"@open.test', why: postfixLoophole },
  { path: '"victim.test!user"@open.test', why: postfixLoophole },
  { path: '"user\\@victim.test"@open.test', why: 'the same with a backslash' },
  { path: 'user@victim.test@open.test', why: 'two "@" without quotes: servers differ in which counts' },
  { path: 'user@open.test@victim.test', why: 'and the other way round' },
  { path: 'user\\@victim.test@open.test', why: 'a backslash outside of quotes' },
  { path: '@open.test:user@victim.test', why: rfc5321C },
  { path: '@open.test,@victim.test:user@victim.test', why: rfc5321C },
  { path: '@victim.test:user@open.test', why: rfc5321C, ours: 'user@open.test' },
  { path: '@victim.test,@other.test:user@open.test', why: rfc5321C, ours: 'user@open.test' },
  { path: '@:user@open.test', why: 'a route of nothing' },
  { path: '@[192.0.2.1]:user@victim.test', why: rfc5321C },
  { path: 'victim.test::user@open.test', why: 'DECnet, as old gateways took it' },

  // Address literals
  { path: 'user@[127.0.0.1]', why: literal },
  { path: 'user@[192.0.2.1]', why: literal },
  { path: 'user@[IPv6:::1]', why: literal },
  { path: 'user@[IPv6:2001:db8::1]', why: literal },
  { path: 'user@[open.test]', why: 'a name in brackets: DNS look-alike of a literal' },
  { path: 'user@127.0.0.1', why: 'an address as a name' },
  { path: 'user@2130706433', why: '127.0.0.1 as one number' },
  { path: 'user@0x7f000001', why: '127.0.0.1 in hexadecimal' },
  { path: 'user@#2130706433', why: 'RFC 821 section 3: "#" and a number' },

  // Letters
  { path: 'user@ope\u0274.test', why: utf8 },
  { path: 'user@\uff4fpen.test', why: `full-width o; ${utf8}` },
  { path: 'user@\u043fpen.test', why: `Cyrillic; ${utf8}` },
  { path: 'user@\u043epen.test', why: `Cyrillic o; ${utf8}` },
  { path: 'user@\u03bfpen.test', why: `Greek omicron; ${utf8}` },
  { path: 'user@open.te\u017ft', why: `long s; ${utf8}` },
  { path: 'user@open.te\ufb06', why: `the ligature st; ${utf8}` },
  { path: 'user@open.te\u00adst', why: `a soft hyphen, which mapping removes; ${utf8}` },
  { path: 'user@open\u200b.test', why: `a space without width; ${utf8}` },
  { path: 'user@open\u200d.test', why: `a joiner without width; ${utf8}` },
  { path: 'user@open.test\u200e', why: `a left-to-right mark; ${utf8}` },
  { path: 'user@b\u00dccher.test', why: `a capital that mapping makes small; ${utf8}` },
  { path: 'user@bu\u0308cher.test', why: `u and a diaeresis of its own; ${utf8}` },
  { path: 'user@\u24d1\u00fccher.test', why: `a letter in a circle; ${utf8}` },
  { path: 'user@open\u3002test', why: `an ideographic full stop; ${utf8}` },
  { path: 'user@open\uff0etest', why: `a full-width dot; ${utf8}` },
  { path: 'user@open\uff61test', why: `a half-width ideographic full stop; ${utf8}` },
  {
    path: 'user@b\u00fccher\u3002test',
    why: `an ideographic full stop in a name that is ours in letters; ${utf8}`,
  },
  { path: 'user@open\u2024test', why: `a one dot leader; ${utf8}` },
  { path: 'user@open\u00b7test', why: `a middle dot; ${utf8}` },
  { path: 'user\uff20open.test', why: 'a full-width at sign' },
  {
    path: 'user@xn--open-.test',
    why: 'an A-label that decodes to our name (RFC 5891 section 4.2.1 forbids it)',
  },
  { path: 'user@xn--bcher-kva.xn--test-', why: 'the same for a top-level domain' },
  { path: Buffer.from('user@op\xc3n.test', 'latin1'), why: 'octets that are no UTF-8' },
  {
    path: Buffer.from('us\xe9r@open.test', 'latin1'),
    why: 'Latin-1 is no UTF-8: what would be stored is another mailbox',
  },
  { path: Buffer.from('user@op\xc1\xa5n.test', 'latin1'), why: 'an over-long UTF-8 e' },

  // What ends or hides an address
  { path: 'user@victim.test\0@open.test', why: 'NUL ends a string in C' },
  { path: 'user@open.test\0.victim.test', why: 'NUL ends a string in C' },
  { path: 'user@open.test\r.victim.test', why: 'a bare CR' },
  { path: 'user@open.test\t', why: 'a tab' },
  { path: 'user@open.test\x7f', why: 'DEL' },
  { path: 'user@open.test\x1b[2J', why: 'an escape sequence, meant for whoever reads the log' },
  { path: 'user@victim.test> <user@open.test', why: 'two paths' },
  { path: 'user@open.test>,<user@victim.test', why: 'two paths' },
  { path: '<user@open.test>', why: 'angle brackets twice' },
  { path: '"a>b"@open.test', why: 'many servers end the address there, and then it is another' },
  { path: 'user@open.test (comment)', why: 'comments belong into a header' },
  { path: 'user(comment)@open.test', why: 'comments belong into a header' },
  { path: 'user@(comment)open.test', why: 'comments belong into a header' },
  { path: 'User Name user@open.test', why: 'a name and an address' },
  { path: 'user @open.test', why: 'a blank' },
  { path: 'user@ open.test', why: 'a blank' },
  { path: ' user@open.test', why: 'a blank' },
  { path: 'user@open.test ', why: 'a blank' },
  { path: 'user@open.test,other@open.test', why: 'a list' },
  { path: 'user@open.test;other@victim.test', why: 'a list' },
  { path: 'user@open.test:25', why: 'a port' },
  { path: 'user@open.test/victim.test', why: 'a path' },
  { path: 'smtp:user@open.test', why: 'a scheme, which is a local part that is no dot-string' },
  { path: 'user@open..test', why: 'an empty label' },
  { path: 'user@open.test..', why: 'two dots at the end' },
  { path: 'user@-open.test', why: 'RFC 1123 section 2.1' },
  { path: '.user@open.test', why: 'RFC 5321 section 4.1.2: no dot-string' },
  { path: 'us..er@open.test', why: 'RFC 5321 section 4.1.2: no dot-string' },
  { path: 'user.@open.test', why: 'RFC 5321 section 4.1.2: no dot-string' },
  { path: '"user@open.test', why: 'a quote that does not end' },
  { path: '"us"er"@open.test', why: 'a quote in the middle' },
  { path: 'us"e"r@open.test', why: 'a quoted piece of a word' },
  { path: '|/bin/sh@victim.test', why: 'CVE-1999-0095 and its kin: a program as a recipient' },
  { path: '"|/bin/sh"@victim.test', why: 'the same in quotes' },
  { path: `${long64}x@open.test`, why: 'RFC 5321 section 4.5.3.1.1: 64 octets' },
  { path: `${'\u00fc'.repeat(33)}@open.test`, why: '64 octets, not letters' },
  { path: `user@${'a'.repeat(64)}.open.test`, why: 'RFC 1035 section 2.3.4: 63 octets' },
  { path: `user@${`${'a'.repeat(60)}.`.repeat(5)}open.test`, why: 'RFC 1035 section 2.3.4: 255 octets' },

  // Honest, and ours
  { path: 'user@open.test', why: 'the plain one', ours: 'user@open.test' },
  {
    path: 'User@OPEN.Test',
    why: 'RFC 5321 section 2.4: the local part as it is written',
    ours: 'User@open.test',
  },
  { path: 'user@open.test.', why: 'the dot of the root', ours: 'user@open.test' },
  { path: 'user+detail@open.test', why: 'RFC 5233', ours: 'user+detail@open.test' },
  {
    path: 'SRS0=HHH=TT=victim.test=user@open.test',
    why: 'SRS: a bounce that comes home',
    ours: 'SRS0=HHH=TT=victim.test=user@open.test',
  },
  { path: 'bounces+user=victim.test@open.test', why: 'VERP', ours: 'bounces+user=victim.test@open.test' },
  { path: 'prvs=1234abcdef=user@open.test', why: 'BATV', ours: 'prvs=1234abcdef=user@open.test' },
  { path: '/C=DE/S=User/@open.test', why: 'X.400', ours: '/C=DE/S=User/@open.test' },
  { path: "o'brien@open.test", why: 'an apostrophe', ours: "o'brien@open.test" },
  { path: '50%off@open.test', why: 'a percent sign that leads nowhere', ours: '50%off@open.test' },
  { path: 'hey!@open.test', why: 'an exclamation mark that leads nowhere', ours: 'hey!@open.test' },
  { path: '-user@open.test', why: 'a hyphen first', ours: '-user@open.test' },
  { path: '0@open.test', why: 'one octet', ours: '0@open.test' },
  {
    path: "!#$%&'*+-/=?^_`{|}~@open.test",
    why: 'RFC 5322 section 3.2.3: every letter of an atom',
    ours: "!#$%&'*+-/=?^_`{|}~@open.test",
  },
  { path: `${long64}@open.test`, why: 'RFC 5321 section 4.5.3.1.1: 64 octets', ours: `${long64}@open.test` },
  { path: '"user"@open.test', why: 'RFC 5321 section 4.1.2: quoted', ours: '"user"@open.test' },
  { path: '"two words"@open.test', why: 'RFC 5321 section 4.1.2: quoted', ours: '"two words"@open.test' },
  { path: '"user.@"@open.test', why: 'an at sign that leads nowhere', ours: '"user.@"@open.test' },
  {
    path: '"a\\"b\\\\c"@open.test',
    why: 'RFC 5321 section 4.1.2: quoted pairs',
    ours: '"a\\"b\\\\c"@open.test',
  },
  { path: '".user."@open.test', why: 'RFC 5321 section 4.1.2: quoted', ours: '".user."@open.test' },
  { path: 'j\u00fcrgen@open.test', why: 'RFC 6531', ours: 'j\u00fcrgen@open.test' },
  { path: '\u7528\u6237@open.test', why: 'RFC 6531', ours: '\u7528\u6237@open.test' },
  { path: 'user@b\u00fccher.test', why: 'RFC 5890: U-labels', ours: 'user@xn--bcher-kva.test' },
  { path: 'user@xn--bcher-kva.test', why: 'RFC 5890: A-labels', ours: 'user@xn--bcher-kva.test' },
  {
    path: 'user@XN--BCHER-KVA.TEST',
    why: 'RFC 5890: A-labels without case',
    ours: 'user@xn--bcher-kva.test',
  },
];
