import { renameForgedResults } from './forged-results';

const ourName = 'mx.holdfast.test';
const body = '\r\n\r\nAuthentication-Results: mx.holdfast.test; spf=pass\r\n';

const renamedIn = (header: string, cut?: number): string => {
  const octets = Buffer.from(header + body, 'latin1');
  const chunks = cut === undefined ? [octets] : [octets.subarray(0, cut), octets.subarray(cut)];
  renameForgedResults(chunks, ourName);
  expect(octets.toString('latin1').endsWith(body)).toBe(true);
  return octets.toString('latin1').slice(0, -body.length);
};

it.each([
  ['our name', 'Authentication-Results: mx.holdfast.test; spf=pass'],
  ['in capitals', 'AUTHENTICATION-RESULTS:MX.Holdfast.TEST;spf=pass'],
  ['blanks before the colon', 'Authentication-Results \t: mx.holdfast.test; spf=pass'],
  ['folded', 'Authentication-Results:\r\n\tmx.holdfast.test;\r\n\tspf=pass'],
  ['behind comments', 'Authentication-Results: (a (nested) one) (b) mx.holdfast.test 1; spf=pass'],
  ['quoted', 'Authentication-Results: "mx.holdfast.test"; spf=pass'],
  ['with a final dot', 'Authentication-Results: mx.holdfast.test.; spf=pass'],
  ['the only line', 'Authentication-Results: mx.holdfast.test'],
])('a line with %s is renamed, and nothing else moves', (_what, line) => {
  const header = `Subject: x\r\n${line}\r\nFrom: a@b.test`;
  const expected = header.replace(/^Authentication-Results/im, 'X-Foreign-Auth-Results');
  for (const cut of [undefined, 5, 20, 30, 45]) expect(renamedIn(header, cut)).toBe(expected);
  expect(renamedIn(line)).toBe(line.replace(/^Authentication-Results/i, 'X-Foreign-Auth-Results'));
});

it.each([
  ['x-holdfast-scan: clean', 'X-Not-Ours-Scan: clean'],
  ['X-Holdfast-Client: 192.0.2.1', 'X-Not-Ours-Client: 192.0.2.1'],
  ['X-HOLDFAST-LATE-SCAN: clean', 'X-Not-Ours-Late-Scan: clean'],
])('what says that it is our line is renamed: %s', (line, expected) =>
  expect(renamedIn(line)).toBe(expected),
);

it.each([
  ['another server’s', 'Authentication-Results: mx.elsewhere.test; spf=pass'],
  [
    'one whose name only begins like ours',
    'Authentication-Results: mx.holdfast.test.elsewhere.test; spf=pass',
  ],
  ['one that names us later', 'Authentication-Results: elsewhere.test; spf=pass reason="mx.holdfast.test"'],
  ['another field', 'X-Authentication-Results: mx.holdfast.test; spf=pass'],
  ['a folded line of another field', 'Subject: x\r\n Authentication-Results: mx.holdfast.test; spf=pass'],
])('%s stays', (_what, header) => expect(renamedIn(header)).toBe(header));

it('a message without a header has nothing to rename', () => {
  const octets = Buffer.from('\r\nAuthentication-Results: mx.holdfast.test; spf=pass\r\n');
  const before = octets.toString();
  renameForgedResults([octets], ourName);
  expect(octets.toString()).toBe(before);
  renameForgedResults([], ourName);
});
