import { headerFields } from '@holdfast/mail';
import type { UndecidedReport } from '@holdfast/queue';
import { whyNotTell } from './report-to-sender';

const proven: UndecidedReport = {
  deliveryId: 'd',
  messageId: 'm',
  tenantId: 't',
  outcome: 'refused',
  wasQuarantined: false,
  sender: 'ann@elsewhere.test',
  notify: null,
  scan: 'clean',
  symbols: { R_SPF_ALLOW: -0.2 },
};
const unproven = { ...proven, symbols: { R_SPF_NEUTRAL: 0 } };
const withHeader = (theirs = '', results = '') =>
  headerFields(
    Buffer.from(
      `Received: x\r\n${results}X-Holdfast-Scan: clean\r\nFrom: Ann <ann@elsewhere.test>\r\n${theirs}\r\nbody`,
    ),
  );
const signedBy = (domain: string) =>
  `Authentication-Results: mx.holdfast.test;\r\n\tdkim=pass header.d=${domain} header.s=k\r\n`;

it('tells a sender who has proven to be the one that sent', () => {
  expect(whyNotTell(proven, withHeader())).toBeUndefined();
  expect(whyNotTell(unproven, withHeader('', signedBy('elsewhere.test')))).toBeUndefined();
  const bounces = { ...unproven, sender: 'b+1@bounces.elsewhere.test' };
  expect(whyNotTell(bounces, withHeader('', signedBy('elsewhere.test')))).toBeUndefined();
  expect(
    whyNotTell({ ...proven, notify: ['failure', 'delay'] }, withHeader('Auto-Submitted: no\r\n')),
  ).toBeUndefined();
});

it.each<[string, UndecidedReport, ReturnType<typeof withHeader> | undefined]>([
  ['a report has no sender', { ...proven, sender: '' }, withHeader()],
  ['a mail system', { ...proven, sender: 'MAILER-DAEMON@elsewhere.test' }, withHeader()],
  ['no address', { ...proven, sender: 'nonsense' }, withHeader()],
  ['NOTIFY=NEVER', { ...proven, notify: ['never'] }, withHeader()],
  ['NOTIFY=SUCCESS', { ...proven, notify: ['success'] }, withHeader()],
  ['spam', { ...proven, scan: 'spam' }, withHeader()],
  ['malware', { ...proven, scan: 'infected' }, withHeader()],
  ['never scanned', { ...proven, scan: 'not-scanned' }, withHeader()],
  ['put aside', { ...proven, wasQuarantined: true }, withHeader()],
  ['unreadable', proven, undefined],
  ['nothing proven', unproven, withHeader()],
  ['no scan', { ...unproven, symbols: null }, withHeader()],
  ['signed by a stranger', unproven, withHeader('', signedBy('evil.test'))],
  ['signed by a look-alike', unproven, withHeader('', signedBy('notelsewhere.test'))],
  ['signed below the sender', unproven, withHeader('', signedBy('a.elsewhere.test'))],
  ['results that the sender wrote', unproven, withHeader(signedBy('elsewhere.test'))],
  ['a program', proven, withHeader('Auto-Submitted: auto-generated\r\n')],
  ['a holiday note', proven, withHeader('Auto-Submitted: auto-replied; x=y\r\n')],
  ['a list', proven, withHeader('List-Id: <l.elsewhere.test>\r\n')],
  ['a bulk mailer', proven, withHeader('List-Unsubscribe: <mailto:x@y.test>\r\n')],
  ['bulk', proven, withHeader('Precedence: bulk\r\n')],
  ['Exchange that wants none', proven, withHeader('X-Auto-Response-Suppress: All\r\n')],
])('does not tell: %s', (_what, about, fields) =>
  expect(whyNotTell(about, fields)).toEqual(expect.any(String)),
);
