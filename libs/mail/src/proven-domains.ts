import type { HeaderField } from './header-fields';

/** The last of the lines that we put on top of a message. Everything above it is ours, everything below came from outside. */
const lastOfOurs = 'x-holdfast-scan';

/**
 * Domains that our own Authentication-Results line (RFC 8601) calls proven: the sender's by SPF, and those whose DKIM signature holds.
 * Lines that the sender brought along count for nothing, whatever name they bear.
 * @param fields of a message as it is spooled
 */
export function provenDomains(fields: readonly HeaderField[]): { spf: string[]; dkim: string[] } {
  const end = fields.findIndex(({ name }) => name === lastOfOurs);
  const ours = fields.slice(0, Math.max(end, 0)).filter(({ name }) => name === 'authentication-results');
  const results = ours.flatMap(({ value }) => value.split(';').slice(1));
  const found = { spf: [] as string[], dkim: [] as string[] };
  for (const result of results) {
    const spf = /^ ?spf=pass smtp\.mailfrom=(?:[^\s@]{0,64}@)?([a-z0-9._-]{1,253})$/i.exec(
      result.trim(),
    )?.[1];
    const dkim = /^ ?dkim=pass header\.d=([a-z0-9._-]{1,253})/i.exec(result.trim())?.[1];
    if (spf) found.spf.push(spf.toLowerCase());
    if (dkim) found.dkim.push(dkim.toLowerCase());
  }
  return found;
}

/**
 * Whether a proven domain speaks for a sender's: it is the same, or the sender's is below it. The other way round it does not: whoever
 * has a name below a provider's domain is not the provider.
 */
export function speaksFor(proven: string, domain: string): boolean {
  return domain === proven || (proven.includes('.') && domain.endsWith(`.${proven}`));
}
