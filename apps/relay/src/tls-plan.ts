/**
 * What one connection must be: the policy of its primary, with what DNS and the domain say about it today.
 *
 * `dane` and `mta-sts` are the tenant's word that there is something to keep to. Where the TLSA records are missing or nobody vouches
 * for them, mail waits (docs/decisions/0026); MTA-STS is as strict as the domain's own policy: `enforce`, `testing` or none.
 */
import { isIP } from 'node:net';
import type { Hop } from '@holdfast/directory';
import { validateMx } from 'mailauth/lib/mta-sts.js';
import type { SecureResolver } from './dnssec';
import type { StsPolicies } from './mta-sts';
import { TlsFailed, type TlsDemand, type TlsResult } from './tls-demand';

export interface TlsPlan {
  demand: TlsDemand;
  /** the policy only wants to know: what would have failed goes through, and is counted (RFC 8461 section 5) */
  isTesting?: boolean;
  /** counted, whatever comes after */
  problem?: TlsResult;
}

interface Tlsa {
  usage: number;
  selector: number;
  matchingType: number;
  certificate: Buffer;
}

export class TlsPlans {
  constructor(
    private readonly resolver: SecureResolver | undefined,
    private readonly policies: Pick<StsPolicies, 'of'>,
  ) {}

  /** @throws TlsFailed when what the policy demands cannot be had */
  async for(hop: Hop): Promise<TlsPlan> {
    const { tlsPolicy, pins = [] } = hop.primary;
    switch (tlsPolicy) {
      case 'none':
      case 'opportunistic':
        return { demand: { kind: tlsPolicy } };
      case 'required':
        return { demand: { kind: 'certificate' } };
      case 'pinned':
        return { demand: { kind: 'pinned', pins } };
      case 'dane':
        return { demand: await this.dane(hop) };
      case 'mta-sts':
        return this.sts(hop);
    }
  }

  /** RFC 7672 section 2: everything on the way to the name must be vouched for, or its TLSA records prove nothing. */
  private async dane({ host, port, primary }: Hop): Promise<TlsDemand> {
    const { resolver } = this;
    if (!resolver)
      throw new TlsFailed(
        'dnssec-invalid',
        'no resolver that validates DNSSEC is set up here (HOLDFAST_DNSSEC_RESOLVER)',
      );
    if (isIP(host))
      throw new TlsFailed('dane-required', `${host} is an address: TLSA records belong to names`);
    const ask = async <T>(name: string, type: 'MX' | 'A' | 'AAAA' | 'TLSA'): Promise<T[]> => {
      const { data, isSecure } = await resolver.ask<T>(name, type).catch((error: Error) => {
        throw new TlsFailed('dnssec-invalid', `DNS: ${error.message}`);
      });
      if (!isSecure) throw new TlsFailed('dnssec-invalid', `${name} is not secured by DNSSEC`);
      return data;
    };
    if (primary.byMx) await ask(primary.host, 'MX');
    await Promise.all([ask(host, 'A'), ask(host, 'AAAA')]);
    const records = await ask<Tlsa>(`_${port}._tcp.${host}`, 'TLSA');
    if (records.length === 0)
      throw new TlsFailed('dane-required', `${host} has no TLSA record for port ${port}`);
    return {
      kind: 'dane',
      records: records.map(({ usage, selector, matchingType, certificate }) => ({
        usage,
        selector,
        matchingType,
        data: certificate,
      })),
    };
  }

  private async sts({ host, primary }: Hop): Promise<TlsPlan> {
    const domain = primary.policyDomain ?? primary.host;
    const { policy, problem } = await this.policies.of(domain);
    const counted = problem && { problem: problem.result };
    if (!policy || policy.mode === 'none') return { demand: { kind: 'opportunistic' }, ...counted };
    const isListed = validateMx(host, { mode: policy.mode, mx: policy.mx }).valid;
    if (policy.mode === 'testing')
      return {
        demand: { kind: 'opportunistic' },
        isTesting: true,
        ...(isListed ? counted : { problem: 'validation-failure' }),
      };
    if (!isListed)
      throw new TlsFailed(
        'validation-failure',
        `${host} is none of the servers in the MTA-STS policy of ${domain}`,
      );
    return { demand: { kind: 'certificate' }, ...counted };
  }
}
