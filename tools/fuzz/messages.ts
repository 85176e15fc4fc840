/** Messages as nobody should write them: nested, broken, huge, and now and then whole. Octets as Latin-1. */
import fc from 'fast-check';

type Text = fc.Arbitrary<string>;

const from = (letters: string, most: number): Text =>
  fc.string({ unit: fc.constantFrom(...letters), maxLength: most });
const anyOctets = (most: number): Text =>
  fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: most });
/** Without CR, LF and NUL: those make an end of everything, and would hide what is behind. */
const lineOctets = (most: number): Text => anyOctets(most).map((text) => text.replace(/[\r\n\0]/g, '.'));
const repeated = (text: string, counts: number[]): Text =>
  fc.constantFrom(...counts).map((count) => text.repeat(count));

const boundary: Text = fc.oneof(
  from("abc'()+_,-./:=? ", 20),
  repeated('x', [0, 1, 69, 70, 71, 998, 5_000]),
  lineOctets(30),
);

const encoding: Text = fc.constantFrom(
  ...[
    '7bit',
    '8bit',
    'binary',
    'base64',
    'quoted-printable',
    'x-uuencode',
    'BASE64 ',
    '',
    'base64;x',
    '\xff',
  ],
);
const contentType: Text = fc.oneof(
  fc.constantFrom(
    ...[
      'text/plain',
      'text/html',
      'message/rfc822',
      'message/partial',
      'message/external-body',
      'application/zip',
    ],
    ...[
      'application/pdf',
      'text/calendar',
      'multipart/mixed',
      'text',
      '/',
      'text/plain; charset=',
      'image/svg+xml',
    ],
  ),
  fc.tuple(fc.constant('text/plain; charset='), lineOctets(20)).map((parts) => parts.join('')),
  lineOctets(60),
);

const header: Text = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(from('ABCabc-', 12), lineOctets(80)).map((parts) => parts.join(': ')) },
  lineOctets(60),
  fc.constantFrom(
    ...[
      'From: a@b.test',
      'From: <>',
      'From: a@b.test, c@d.test',
      'Subject:',
      'Subject: =?utf-8?b?4pyT?=',
      ':',
      ' ',
      '\t folded',
    ],
    ...[
      'Subject: =?utf-8?q?=00=0d=0a?=',
      'Date: yesterday',
      'Message-ID: <a@b>',
      'Message-ID: <'.concat('x'.repeat(2_000), '>'),
    ],
    ...[
      'To: undisclosed-recipients:;',
      'To: "unclosed',
      'Content-Type',
      'Received: from a by mx.holdfast.test',
      'MIME-Version: 9',
    ],
    ...[
      'DKIM-Signature: v=1; a=rsa-sha256; d=b.test; s=x; h=from; bh=; b=',
      'ARC-Seal: i=1000000',
      'List-Id: ((',
    ],
    'Authentication-Results: mx.holdfast.test; spf=pass',
  ),
  repeated('X-Long: ', [1]).chain((name) => repeated('y', [997, 1_000, 20_000]).map((value) => name + value)),
);
const headers: Text = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(header, { maxLength: 12 })
      .map((lines) => lines.map((line) => `${line}\r\n`).join('')),
  },
  repeated('X-Many: 1\r\n', [1_000, 5_000, 15_000]),
  repeated('Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000\r\n', [30, 99, 100, 2_000]),
  repeated(' folded on\r\n', [3_000]).map((lines) => `Subject: x\r\n${lines}`),
  repeated('To: a@b.test\r\n', [2_000]),
);

const text: Text = fc.oneof(
  fc.array(lineOctets(90), { maxLength: 8 }).map((lines) => lines.join('\r\n')),
  from('.\r\na', 12).map((odd) => odd.replace(/\r(?!\n)|(?<!\r)\n/g, '\r\n')),
  repeated('x', [0, 998, 60_000]),
  fc.base64String({ maxLength: 400 }),
  anyOctets(60),
);

const part: Text = fc
  .tuple(contentType, encoding, text)
  .map(([type, how, body]) => `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${how}\r\n\r\n${body}`);

const multipart: Text = fc
  .tuple(boundary, fc.array(part, { maxLength: 5 }), fc.constantFrom('', '--', '--\r\nepilogue'))
  .map(
    ([mark, parts, end]) =>
      `Content-Type: multipart/mixed; boundary="${mark}"\r\n\r\n${parts.map((one) => `--${mark}\r\n${one}\r\n`).join('')}--${mark}${end}`,
  );

const many: Text = fc
  .constantFrom(100, 1_000, 4_000)
  .map(
    (count) => `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(count)}--b--`,
  );

const nested: Text = fc
  .tuple(
    fc.constantFrom(1, 5, 30, 150, 600),
    fc.constantFrom('multipart/mixed', 'message/rfc822', 'multipart/signed'),
  )
  .map(([depth, type]) => {
    const open = Array.from({ length: depth }, (_, n) =>
      type === 'message/rfc822'
        ? `Content-Type: ${type}\r\n\r\n`
        : `Content-Type: ${type}; boundary=b${n}\r\n\r\n--b${n}\r\n`,
    );
    return `${open.join('')}\r\ninnermost`;
  });

/** A message as it is before its dots are stuffed. */
export const message: Text = fc
  .tuple(
    headers,
    fc.oneof(
      { weight: 3, arbitrary: text.map((body) => `\r\n${body}`) },
      { weight: 3, arbitrary: multipart },
      part,
      many,
      nested,
    ),
    fc.constantFrom('\r\n', '\r\n', '\r\n', ''),
  )
  .map(([top, body, end]) => `MIME-Version: 1.0\r\n${top}${body}${end}`);
