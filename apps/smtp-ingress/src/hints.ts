/**
 * Hints that a primary may be back, which the sentinel answers with a probe, and nobody with anything else:
 *
 *   ETRN (RFC 1985)                                       from anybody, for a domain that we back up
 *   a connection from an address of a primary that is down
 *
 * So a stranger can make us look, and never send: mail goes out when the sentinel has seen the primary answer twice. He cannot make us
 * look often: a domain once in a few seconds, and one network a domain once a minute and some domains at all.
 *
 * ETRN hears 250 for a domain that we back up, whether anything waits for it or not; 459 4.7.1 for any other, which tells no more than
 * RCPT does; 458 when it is asked too often (4.7.1) or we cannot pass it on (4.3.0).
 */
import type { Directory } from '@holdfast/directory';
import { asciiDomain, type Reply } from '@holdfast/mail';
import type { Queryable } from '@holdfast/queue';
import { networkOf } from './client-network';
import { Often } from './often';

export interface HintParts {
  directory: Pick<Directory, 'find'>;
  db: Queryable;
}

const sameSender = { ipv4: 24, ipv6: 64 };
/** Primaries that are down change seldom, and an outage of minutes is one that ends by itself. */
const readEveryMs = 5_000;
const mostAddresses = 50_000;
/** Domains that share a primary share its probes as well; the first of them will do. */
const mostDomains = 20;
/** Postgres is there within this, or the sender asks again. */
const passOnWithinMs = 2_000;

export class Hints {
  private readonly ofNetworkAndDomain = new Often(60_000, 1);
  private readonly ofNetwork = new Often(60_000, 20);
  private readonly ofDomain = new Often(3_000, 1);
  private readonly ofAddress = new Often(30_000, 1);
  private primariesThatAreDown = new Map<string, string[]>();
  private readAt = -Infinity;

  constructor(private readonly parts: HintParts) {}

  /** @param node what stands behind ETRN */
  async etrn(clientAddress: string, node: string): Promise<Reply> {
    if (/^[@#]/.test(node)) return { code: 501, enhanced: '5.5.4', text: 'One domain by its name, please' };
    const domain = asciiDomain(node);
    if (!domain) return { code: 501, enhanced: '5.5.4', text: 'Syntax: ETRN domain' };
    const network = networkOf(clientAddress, sameSender);
    if (!this.ofNetwork.may(network) || !this.ofNetworkAndDomain.may(`${network} ${domain}`))
      return unable(domain, '4.7.1', 'asked too often; please wait a minute');
    const entry = this.parts.directory.find(domain);
    if (!entry || entry.state !== 'active' || entry.isTenantSuspended)
      return { code: 459, enhanced: '4.7.1', text: `Node ${domain} not allowed: we hold no mail for it` };
    const isPassedOn = !this.ofDomain.may(entry.domainId) || (await this.passOn([entry.domainId]));
    if (!isPassedOn) return unable(domain, '4.3.0', 'something went wrong on our side');
    return {
      code: 250,
      enhanced: '2.0.0',
      text: `OK, queuing for node ${domain} started, as soon as its mail server answers us`,
    };
  }

  /** Somebody connected; hardly ever is it a primary that is down. */
  connected(clientAddress: string): void {
    const domains = this.primariesThatAreDown.get(clientAddress);
    if (domains && this.ofAddress.may(clientAddress)) void this.passOn(domains);
  }

  /** Reads which primaries are down. */
  async sync(db: Queryable): Promise<void> {
    if (performance.now() - this.readAt < readEveryMs) return;
    this.readAt = performance.now();
    const { rows } = await db.query<{ address: string; domains: string[] }>({
      name: 'primaries-that-are-down',
      text: `select host(a.address) as address, (array_agg(o.domain_id))[1:${mostDomains}] as domains
        from outages o, unnest(o.primary_addresses) a (address) where o.ended_at is null
        group by 1 limit ${mostAddresses}`,
    });
    this.primariesThatAreDown = new Map(rows.map(({ address, domains }) => [address, domains]));
  }

  private async passOn(domains: string[]): Promise<boolean> {
    const query = this.parts.db
      .query(`select pg_notify('holdfast_hinted', $1)`, [JSON.stringify({ domains })])
      .then(
        () => true,
        () => false,
      );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), passOnWithinMs);
    });
    return Promise.race([query, late]).finally(() => clearTimeout(timer));
  }
}

function unable(domain: string, enhanced: string, why: string): Reply {
  return { code: 458, enhanced, text: `Unable to queue messages for node ${domain}: ${why}` };
}
