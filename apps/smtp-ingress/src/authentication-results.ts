/** The Authentication-Results line (RFC 8601) by what rspamd found about SPF, DKIM and DMARC. */
import type { ScanSymbol, Verdict } from '@holdfast/rspamd-client';

type Method = 'spf' | 'dkim' | 'dmarc';

// rspamd's symbols and the words of RFC 8601 section 2.7 for them.
const results: [method: Method, symbol: string, result: string][] = [
  ['spf', 'R_SPF_ALLOW', 'pass'],
  ['spf', 'R_SPF_FAIL', 'fail'],
  ['spf', 'R_SPF_SOFTFAIL', 'softfail'],
  ['spf', 'R_SPF_NEUTRAL', 'neutral'],
  ['spf', 'R_SPF_NA', 'none'],
  ['spf', 'R_SPF_DNSFAIL', 'temperror'],
  ['spf', 'R_SPF_PERMFAIL', 'permerror'],
  ['dkim', 'R_DKIM_ALLOW', 'pass'],
  ['dkim', 'R_DKIM_REJECT', 'fail'],
  ['dkim', 'R_DKIM_TEMPFAIL', 'temperror'],
  ['dkim', 'R_DKIM_PERMFAIL', 'permerror'],
  ['dkim', 'R_DKIM_NA', 'none'],
  ['dmarc', 'DMARC_POLICY_ALLOW', 'pass'],
  ['dmarc', 'DMARC_POLICY_REJECT', 'fail'],
  ['dmarc', 'DMARC_POLICY_QUARANTINE', 'fail'],
  ['dmarc', 'DMARC_POLICY_SOFTFAIL', 'fail'],
  ['dmarc', 'DMARC_BAD_POLICY', 'permerror'],
  ['dmarc', 'DMARC_DNSFAIL', 'temperror'],
  ['dmarc', 'DMARC_NA', 'none'],
];

/**
 * @param sender of the envelope; '' is the null sender, for whom SPF looks at the name in HELO (RFC 7208 section 2.4)
 * @returns '' when none of it was looked at
 */
export function authenticationResults(
  ourName: string,
  verdict: Verdict,
  { sender, helo }: { sender: string; helo: string },
): string {
  const found = results.flatMap(([method, wanted, result]) => {
    const symbol = verdict.symbols.find(({ name }) => name === wanted);
    if (!symbol) return [];
    if (method === 'spf') return [`spf=${result}${sender === '' ? heloOf(helo) : mailFromOf(sender)}`];
    // One result for each signature, and one for the domain in From.
    const about = method === 'dkim' ? signaturesIn(symbol) : fromIn(symbol);
    return (about.length > 0 ? about : ['']).map((text) => `${method}=${result}${text}`);
  });
  return found.length === 0 ? '' : `Authentication-Results: ${ourName};\r\n\t${found.join(';\r\n\t')}\r\n`;
}

// What strangers wrote stands in our line only in letters that end nothing and begin no comment.
const domainName = /^(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i;
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$/i;

function mailFromOf(sender: string): string {
  const at = sender.lastIndexOf('@');
  const [local, domain] = [sender.slice(0, at), sender.slice(at + 1)];
  if (!domainName.test(domain)) return '';
  return ` smtp.mailfrom=${localPart.test(local) ? `${local}@` : ''}${domain}`;
}

function heloOf(helo: string): string {
  return domainName.test(helo) ? ` smtp.helo=${helo}` : '';
}

/** rspamd writes `domain:s=selector`, for each signature with this result. */
function signaturesIn({ options }: ScanSymbol): string[] {
  return options.flatMap((option) => {
    const [domain = '', selector] = option.split(':s=');
    if (!domainName.test(domain)) return [];
    return [` header.d=${domain}${selector && domainName.test(selector) ? ` header.s=${selector}` : ''}`];
  });
}

/** rspamd writes the domain first, then what is behind it: `domain,policy` or `domain : reasons`. */
function fromIn({ options }: ScanSymbol): string[] {
  const domain = /^[^\s:,]+/.exec(options[0] ?? '')?.[0] ?? '';
  return domainName.test(domain) ? [` header.from=${domain}`] : [];
}
