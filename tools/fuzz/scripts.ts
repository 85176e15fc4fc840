/** What a stranger does on one connection: in good order, with any message; or in none, with any octets. */
import { relayAttempts } from '@holdfast/fake-attacker';
import fc from 'fast-check';
import { message } from './messages';

/** One thing after the other, and the answer to each is waited for. */
export interface Orderly {
  kind: 'orderly';
  letters: { recipients: string[]; parameters: string; text: string; cuts: number[] }[];
  isEncrypted: boolean;
}

export type Step =
  /** octets as Latin-1, in segments that end at these places */
  | { say: string; cuts: number[] }
  /** waits for an answer, for a short while: there need be none */
  | { listen: true }
  | { waitMs: number }
  | { startTls: true };

/** Whatever comes to mind. */
export interface Disorderly {
  kind: 'disorderly';
  steps: Step[];
  leaves: 'says goodbye' | 'hangs up' | 'is cut off';
}

export type Script = Orderly | Disorderly;

const cuts = fc.array(fc.nat(400), { maxLength: 4 });
const octets = (most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: most });

const goodRecipient = fc.constantFrom(
  ...[
    'bob@open.test',
    'bob@listed.test',
    'x@other.test',
    'user@xn--bcher-kva.test',
    'x@small.test',
    '"two words"@open.test',
  ],
);
const anyAddress: fc.Arbitrary<string> = fc.oneof(
  goodRecipient,
  fc.constantFrom(...relayAttempts.map(({ path }) => Buffer.from(path as string).toString('latin1'))),
  octets(40),
  fc.constantFrom(1, 64, 300, 3_900).map((count) => `${'x'.repeat(count)}@open.test`),
);

const parameters = fc
  .array(
    fc.constantFrom(
      ...[
        'SIZE=100',
        'SIZE=300001',
        'SIZE=99999999999999999999',
        'SIZE=-1',
        'SIZE=',
        'SIZE',
        'BODY=8BITMIME',
        'BODY=7BIT',
        'BODY=x',
      ],
      ...[
        'SMTPUTF8',
        'SMTPUTF8=1',
        'RET=FULL',
        'RET=x',
        'ENVID=a+2Bb',
        'ENVID=+0D+0A',
        'NOTIFY=NEVER',
        'NOTIFY=NEVER,SUCCESS',
      ],
      ...[
        'ORCPT=rfc822;a@b',
        'ORCPT=x',
        'REQUIRETLS',
        'AUTH=<>',
        'MT-PRIORITY=3',
        '=',
        '=x',
        '__proto__=1',
        'constructor',
        'X'.repeat(900),
      ],
    ),
    { maxLength: 3 },
  )
  .map((words) => words.map((word) => ` ${word}`).join(''));

const command: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      'EHLO a.test',
      'HELO a.test',
      'EHLO',
      'EHLO a b',
      'LHLO a.test',
      'MAIL FROM:<>',
      'RCPT TO:<bob@open.test>',
      'DATA',
      'DATA x',
    ],
    ...[
      'RSET',
      'NOOP',
      'NOOP x',
      'VRFY bob',
      'VRFY',
      'EXPN x',
      'HELP',
      'QUIT',
      'STARTTLS',
      'STARTTLS x',
      'BDAT 3 LAST',
      'ETRN open.test',
    ],
    ...[
      'AUTH PLAIN',
      'XCLIENT ADDR=1.2.3.4',
      'XFORWARD ADDR=1.2.3.4',
      'PROXY TCP4 1.2.3.4 1.2.3.4 1 2',
      'GET / HTTP/1.1',
      '.',
      '',
    ],
    ...[
      'toString',
      '__proto__',
      'CONSTRUCTOR x',
      'ATRN',
      'TURN',
      'SEND FROM:<a@b>',
      'WIZ',
      'MAIL',
      'RCPT',
      'MAIL FROM',
      'RCPT TO:',
    ],
  ),
  fc
    .tuple(fc.constantFrom('MAIL FROM:<', 'RCPT TO:<', 'mail from: <', 'Rcpt  To :<'), anyAddress, parameters)
    .map(([verb, address, words]) => `${verb}${address}>${words}`),
  octets(60),
);

/** A command, and sometimes what is nearly one. */
const line: fc.Arbitrary<string> = fc
  .tuple(
    command,
    fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '', '\r\r\n', '\0\r\n'),
    fc.option(fc.nat(60), { freq: 8 }),
  )
  .map(([words, end, place]) => {
    const spoilt =
      place === null ? words : words.slice(0, place) + String.fromCharCode(place * 4) + words.slice(place);
    return spoilt + end;
  });

const transaction = fc
  .tuple(
    goodRecipient,
    message,
    fc.constantFrom('\r\n.\r\n', '\r\n.\r\n', '\r\n.\r\n', '\n.\r\n', '\r\n.\n', ''),
  )
  .map(
    ([recipient, text, end]) =>
      `EHLO a.test\r\nMAIL FROM:<ada@sender.test>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n${text}${end}`,
  );

const say = (what: fc.Arbitrary<string>): fc.Arbitrary<Step> => fc.record({ say: what, cuts });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: say(line) },
  { weight: 2, arbitrary: say(fc.array(line, { maxLength: 30 }).map((lines) => lines.join(''))) },
  { weight: 2, arbitrary: say(transaction) },
  say(fc.tuple(line, fc.constantFrom(2, 120, 600)).map(([one, count]) => one.repeat(count))),
  say(octets(300)),
  say(message),
  { weight: 4, arbitrary: fc.constant({ listen: true } as const) },
  fc.nat(40).map((waitMs) => ({ waitMs })),
  { weight: 1, arbitrary: fc.constant({ startTls: true } as const) },
);

const orderly: fc.Arbitrary<Script> = fc.record({
  kind: fc.constant('orderly' as const),
  letters: fc.array(
    fc.record({
      recipients: fc.array(goodRecipient, { minLength: 1, maxLength: 4 }),
      parameters: fc.constantFrom('', ' SIZE=100', ' BODY=8BITMIME', ' SMTPUTF8', ' RET=HDRS ENVID=x'),
      text: message,
      cuts,
    }),
    { minLength: 1, maxLength: 3 },
  ),
  isEncrypted: fc.boolean(),
});

const disorderly: fc.Arbitrary<Script> = fc.record({
  kind: fc.constant('disorderly' as const),
  // Most begin as they should, or nothing would ever come further than EHLO.
  steps: fc
    .tuple(fc.boolean(), fc.array(step, { maxLength: 14 }))
    .map(([isPolite, steps]) =>
      isPolite
        ? [
            { listen: true } as const,
            { say: 'EHLO a.test\r\n', cuts: [] },
            { listen: true } as const,
            ...steps,
          ]
        : steps,
    ),
  leaves: fc.constantFrom('says goodbye', 'hangs up', 'is cut off'),
});

export const script: fc.Arbitrary<Script> = fc.oneof(
  { weight: 2, arbitrary: orderly },
  { weight: 3, arbitrary: disorderly },
);
