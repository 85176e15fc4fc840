import type { SecretBox } from '@holdfast/directory';
import type { Queryable } from '@holdfast/queue';
import { isIP } from 'node:net';
import type { FieldProblem } from '../http/problem';
import type { NewPrimary } from './primaries.dto';
import { checkPrimaryHost, type HostRules } from './primary-host';

/** For Nest: what seals the passwords of primaries. */
export const SECRET_BOX = Symbol('secret-box');

/** A primary as it is kept; its host is checked, its pins are hexadecimal. */
export type CheckedPrimary = NewPrimary & { host: string; pins: string[]; byMx: boolean };

/**
 * Checks primaries as somebody wrote them.
 * @param fieldOf how the request calls the n-th of them
 */
export function checkPrimaries(
  wanted: NewPrimary[],
  domain: string,
  rules: HostRules,
  fieldOf: (n: number) => string,
): { primaries: CheckedPrimary[]; errors: FieldProblem[] } {
  const errors: FieldProblem[] = [];
  const primaries: CheckedPrimary[] = [];
  const seen = new Set<string>();
  wanted.forEach((one, n) => {
    const wrong = (part: string, message: string): void =>
      void errors.push({ field: `${fieldOf(n)}${part}`, message });
    const byMx = one.byMx ?? false;
    const written = one.host ?? (byMx ? domain : '');
    const checked = checkPrimaryHost(written, rules);
    if ('refusal' in checked) return wrong('.host', checked.refusal);
    const { host } = checked;
    if (byMx && isIP(host)) wrong('.host', 'must be a domain: an address has no MX records');
    if (one.tlsPolicy === 'dane' && !byMx && isIP(host))
      wrong('.tlsPolicy', 'cannot be "dane" for an address');
    const pins = (one.pins ?? []).map(pinOf);
    if (pins.includes(undefined))
      wrong('.pins', 'must be SHA-256 sums, in hexadecimal or as sha256// and base64');
    if ((one.tlsPolicy === 'pinned') !== pins.length > 0)
      wrong('.pins', 'belong to the policy "pinned", which needs at least one');
    if (one.login && !provesItself(one.tlsPolicy))
      wrong(
        '.login',
        `cannot be used with the TLS policy "${one.tlsPolicy}": a password needs a server that has proven who it is`,
      );
    if (one.login && byMx && one.tlsPolicy === 'required')
      wrong(
        '.login',
        'cannot go to whatever server MX records name, unless the TLS policy is "dane", "mta-sts" or "pinned"',
      );
    const place = `${host} ${one.port}`;
    if (seen.has(place)) wrong('.host', 'is named twice');
    seen.add(place);
    primaries.push({ ...one, host, byMx, pins: pins as string[] });
  });
  return { primaries, errors };
}

/** Puts these in the place of the primaries that a domain had. A secret stays with its host and port unless the request says otherwise. */
export async function writePrimaries(
  db: Queryable,
  box: SecretBox,
  { tenantId, domainId }: { tenantId: string; domainId: string },
  primaries: CheckedPrimary[],
): Promise<FieldProblem[]> {
  await db.query(
    'delete from primaries where domain_id = $1 and not (host, port) in (select * from unnest($2::text[], $3::int[]))',
    [domainId, primaries.map(({ host }) => host), primaries.map(({ port }) => port)],
  );
  const errors: FieldProblem[] = [];
  for (const [n, one] of primaries.entries()) {
    const { host, port, login } = one;
    const known = await db.query<{ login: string | null }>(
      'select login from primaries where domain_id = $1 and host = $2 and port = $3',
      [domainId, host, port],
    );
    const user = login === undefined ? (known.rows[0]?.login ?? null) : (login?.user ?? null);
    if (user !== null && !provesItself(one.tlsPolicy)) {
      errors.push({
        field: `primaries[${n}].tlsPolicy`,
        message: `cannot be "${one.tlsPolicy}" while there is a login: take it away with "login": null`,
      });
      continue;
    }
    const { rows } = await db.query<{ id: string }>(
      `insert into primaries (tenant_id, domain_id, host, port, tls_policy, preference, by_mx, pins, tells_client, login)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict (domain_id, host, port) do update set tls_policy = excluded.tls_policy, preference = excluded.preference,
         by_mx = excluded.by_mx, pins = excluded.pins, tells_client = excluded.tells_client, login = excluded.login
       returning id`,
      [
        tenantId,
        domainId,
        host,
        port,
        one.tlsPolicy,
        one.preference,
        one.byMx,
        one.pins,
        one.tellsClient,
        user,
      ],
    );
    const id = rows[0]?.id as string;
    if (login !== undefined) await db.query('delete from primary_secrets where primary_id = $1', [id]);
    if (login)
      await db.query('insert into primary_secrets (primary_id, tenant_id, sealed) values ($1, $2, $3)', [
        id,
        tenantId,
        box.seal(login.secret, id),
      ]);
  }
  return errors;
}

const provesItself = (policy: NewPrimary['tlsPolicy']): boolean =>
  policy !== 'none' && policy !== 'opportunistic';

function pinOf(written: string): string | undefined {
  const text = written.trim().replace(/^sha256:(?!\/)/i, '');
  const hex = text.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  const bytes = Buffer.from(text.replace(/^sha256\/\//i, ''), 'base64');
  return /^(sha256\/\/)?[A-Za-z0-9+/]{43}=$/i.test(text) && bytes.length === 32
    ? bytes.toString('hex')
    : undefined;
}
