import { blockListOf, blockListsSection, readBlockLists, WrongBlockLists } from './block-lists';
import type { Verdict } from './verdict';

it('reads zones and the answers that count, and passes over remarks', () => {
  const file = '# ours\n\nBL.Example.net\r\nzen.example.org 127.0.0.2 127.0.0.4-7 # and no policy list\n';
  expect(readBlockLists(file)).toEqual([
    { zone: 'bl.example.net', answers: [] },
    { zone: 'zen.example.org', answers: ['127.0.0.2', '127.0.0.4-7'] },
  ]);
});

it.each([
  ['line 1: "localhost" is no zone such as bl.example.net', 'localhost'],
  ['line 1: "bl.example.net;" is no zone such as bl.example.net', 'bl.example.net;'],
  ['line 2: "192.0.2.1" is no answer such as 127.0.0.2 or 127.0.0.4-7', '\nbl.example.net 192.0.2.1'],
  ['line 1: "127.0.0.9-2" is no answer such as 127.0.0.2 or 127.0.0.4-7', 'bl.example.net 127.0.0.9-2'],
  ['line 1: "127.0.0.256" is no answer such as 127.0.0.2 or 127.0.0.4-7', 'bl.example.net 127.0.0.256'],
  ['line 2: bl.example.net is there twice', 'bl.example.net\nbl.EXAMPLE.net'],
  [
    'line 21: there are more than 20 lists',
    Array.from({ length: 21 }, (_, n) => `bl${n}.example.net`).join('\n'),
  ],
])('says %s', (sentence, file) => {
  expect(() => readBlockLists(file)).toThrow(new WrongBlockLists(sentence));
});

it('tells rspamd which answers count, and none besides', () => {
  const section = blockListsSection(readBlockLists('bl.example.net\nzen.example.org 127.0.0.4-5'));
  expect(section).toContain('returncodes { "HOLDFAST_LISTED_ON_BL.EXAMPLE.NET" = ["127%.0%.%d+%.%d+"]; }');
  expect(section).toContain(
    'returncodes { "HOLDFAST_LISTED_ON_ZEN.EXAMPLE.ORG" = ["127%.0%.0%.4", "127%.0%.0%.5"]; }',
  );
});

it('knows the list by its symbol, and takes no failure to ask for a listing', () => {
  const verdict = (...names: string[]): Verdict => ({
    action: 'no action',
    score: 0,
    requiredScore: 15,
    symbols: names.map((name) => ({ name, score: 0, options: [] })),
    isInfected: false,
    isVirusScanMissing: false,
    messages: {},
  });
  expect(blockListOf(verdict('RBL_SEM', 'HOLDFAST_LISTED_ON_BL.EXAMPLE.NET'))).toBe('bl.example.net');
  expect(blockListOf(verdict('RBL_SEM', 'HOLDFAST_ASKS_BL.EXAMPLE.NET_FAIL'))).toBeUndefined();
  expect(blockListOf(undefined)).toBeUndefined();
});
