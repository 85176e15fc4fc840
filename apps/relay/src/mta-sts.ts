/**
 * Policies that domains publish about the way to their MX (MTA-STS, RFC 8461): found by a TXT record, fetched over HTTPS from a host
 * of theirs, kept as long as they say, in Postgres and so over a restart.
 *
 * Whoever publishes them is a stranger: the fetch is bounded in size and time, follows no redirect, and goes to no private address.
 * A policy that is known and not over yet stays in force when it cannot be asked for again (section 5.1): otherwise whoever can
 * suppress an answer could take the protection away.
 */
import { request } from 'node:https';
import type { LookUp, NextHopFinder } from '@holdfast/directory';
import type { Queryable } from '@holdfast/queue';
import { parsePolicy, resolvePolicy } from 'mailauth/lib/mta-sts.js';
import type { TlsResult } from './tls-demand';

export interface StsPolicy {
  id: string;
  mode: 'enforce' | 'testing' | 'none';
  /** host names, or patterns such as `*.example.org` */
  mx: string[];
  /** ms since 1970 */
  expiresAt: number;
}

/** The policy that is in force; `problem`: why the domain's own word could not be had just now. */
export interface StsFinding {
  policy: StsPolicy | undefined;
  problem?: { result: TlsResult; words: string };
}

export interface StsParts {
  db: Queryable;
  lookUp: Pick<LookUp, 'addressesOf' | 'textsOf'>;
  finder: Pick<NextHopFinder, 'refusalOf'>;
  /** beside those that everybody trusts; PEM */
  authorities?: string[] | undefined;
  /** 443, but not in a spec */
  port?: number;
}

/** A domain that changes its policy is heard within this. */
const askAgainMs = 300_000;
const fetchTimeoutMs = 15_000;
/** RFC 8461 section 3.3 suggests no less than this. */
const mostPolicyBytes = 64 * 1024;
const mostKnown = 10_000;

export class StsPolicies {
  private readonly found = new Map<string, { finding: Promise<StsFinding>; until: number }>();

  constructor(private readonly parts: StsParts) {}

  /** Never rejects: without an answer, the policy is what is known of before, or none. */
  of(domain: string): Promise<StsFinding> {
    const known = this.found.get(domain);
    if (known && known.until > Date.now()) return known.finding;
    if (this.found.size >= mostKnown) this.found.clear();
    const finding = this.find(domain);
    this.found.set(domain, { finding, until: Date.now() + askAgainMs });
    return finding;
  }

  private async find(domain: string): Promise<StsFinding> {
    const kept = await this.kept(domain);
    const orKept = (result: TlsResult, error: unknown): StsFinding => ({
      policy: kept,
      problem: { result, words: (error as Error).message },
    });
    let id: string | false;
    try {
      id = await resolvePolicy(domain, {
        strict: true,
        resolver: async (name: string) => (await this.parts.lookUp.textsOf(name)).map((text) => [text]),
      });
    } catch (error) {
      return orKept('sts-policy-fetch-error', error);
    }
    if (!id || id === kept?.id) return { policy: kept };
    let text: Buffer;
    try {
      text = await this.fetch(domain);
    } catch (error) {
      return orKept('sts-policy-fetch-error', error);
    }
    try {
      const { mode, mx = [], maxAge = 0 } = parsePolicy(text, { strict: true });
      const policy = { id, mode, mx, expiresAt: Date.now() + maxAge * 1_000 };
      await this.keep(domain, policy);
      return { policy };
    } catch (error) {
      return orKept('sts-policy-invalid', error);
    }
  }

  private async fetch(domain: string): Promise<Buffer> {
    const { lookUp, finder, authorities, port = 443 } = this.parts;
    const host = `mta-sts.${domain}`;
    const { answer: addresses } = await lookUp.addressesOf(host);
    const address = addresses.find((one) => !finder.refusalOf(one, port));
    if (address === undefined) throw new Error(`${host} has no address that we may ask`);
    return new Promise((resolve, reject) => {
      const asking = request(
        {
          host: address,
          port,
          servername: host,
          path: '/.well-known/mta-sts.txt',
          headers: { host },
          agent: false,
          ...(authorities ? { ca: authorities } : {}),
          signal: AbortSignal.timeout(fetchTimeoutMs),
        },
        (response) => {
          const type = response.headers['content-type'] ?? '';
          const fail = (words: string): void => void asking.destroy(new Error(`${host} ${words}`));
          if (response.statusCode !== 200) return fail(`answers ${response.statusCode}`);
          if (!/^text\/plain\s*(;|$)/i.test(type))
            return fail('serves its policy as something other than text/plain');
          const chunks: Buffer[] = [];
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > mostPolicyBytes) return fail(`serves more than ${mostPolicyBytes / 1024} KB`);
            chunks.push(chunk);
          });
          response.on('end', () => resolve(Buffer.concat(chunks)));
          response.on('error', reject);
        },
      );
      asking.on('error', reject);
      asking.end();
    });
  }

  private async kept(domain: string): Promise<StsPolicy | undefined> {
    try {
      const { rows } = await this.parts.db.query<{ policy: StsPolicy }>(
        'select policy from mta_sts_policies where domain = $1 and expires_at > now()',
        [domain],
      );
      return rows[0]?.policy;
    } catch {
      // What this process found lately is in memory; older than that, and Postgres is away: nothing could be delivered anyway.
      return undefined;
    }
  }

  private async keep(domain: string, policy: StsPolicy): Promise<void> {
    await this.parts.db
      .query(
        `insert into mta_sts_policies (domain, policy, expires_at) values ($1, $2, $3)
         on conflict (domain) do update set policy = excluded.policy, expires_at = excluded.expires_at`,
        [domain, JSON.stringify(policy), new Date(policy.expiresAt)],
      )
      .catch(() => undefined);
  }
}
