/**
 * Scans, before it goes out, what could not be scanned while its sender was connected.
 *
 * Bounded: a thousand messages that waited for the scanner do not meet it all at once. When it does not answer, all wait, and a small
 * message of our own is tried once a second; when that one is scanned, what waits is due at once. What proves bad is put aside for the tenant and never bounced: the sender was told 250, and an
 * address that sends spam is rarely its sender's own.
 */
import type { Log } from '@holdfast/daemon';
import { listingOf, type TenantFilter } from '@holdfast/directory';
import { channels, type ClaimedDelivery, type Queryable, type ScanState } from '@holdfast/queue';
import { blockListOf, judge, RspamdClient, ScanUnavailable, type Verdict } from '@holdfast/rspamd-client';

/** What a late scan says: deliver, put aside, or ask again because the scanner does not answer. */
export type LateVerdict =
  | { kind: 'clean'; scan: ScanState }
  | { kind: 'bad'; scan: ScanState; reason: string }
  | { kind: 'no-answer' };

const mostAtOnce = 4;
const scanTimeoutMs = 30_000;
const probeEveryMs = 1_000;
/** Above what rspamd waits for its virus scanner. */
const probeTimeoutMs = 6_000;

export class LateScan {
  private readonly client: RspamdClient | undefined;
  private running = 0;
  private line: (() => void)[] = [];
  private readonly probe: RspamdClient | undefined;
  private isAway = false;
  private timer: NodeJS.Timeout | undefined;
  /** whose mail waits for the scanner's return */
  private readonly waiting = new Set<string>();
  private isClosed = false;

  /** @param rspamdUrl undefined: the provider scans nothing, and held mail counts as clean */
  constructor(
    rspamdUrl: string | undefined,
    private readonly db: Queryable,
    private readonly log: Log,
    private readonly filterOf: (tenantId: string) => TenantFilter,
  ) {
    if (!rspamdUrl) return;
    this.probe = new RspamdClient({ url: rspamdUrl, timeoutMs: probeTimeoutMs, maxConnections: 1 });
    this.client = new RspamdClient({
      url: rspamdUrl,
      timeoutMs: scanTimeoutMs,
      maxConnections: mostAtOnce,
    });
  }

  /** Asks about one message, with all its recipients that wait here. Its row keeps the verdict, so it is asked once. */
  async ask(message: ClaimedDelivery[], body: Buffer): Promise<LateVerdict> {
    const [first] = message;
    if (!this.client || !first) return { kind: 'clean', scan: 'not-scanned' };
    await this.enter();
    try {
      if (this.isAway) return this.noAnswer(first);
      const verdict = await this.client.check(
        {
          clientAddress: first.clientAddress ?? '127.0.0.1',
          ...(first.helo ? { helo: first.helo } : {}),
          sender: first.sender,
          recipients: message.map(({ recipient }) => recipient),
          queueId: first.messageId,
          isLate: true,
        },
        body,
      );
      // The virus scanner was to look and did not: as unscanned as before.
      if (verdict.isVirusScanMissing && !verdict.isInfected)
        throw new ScanUnavailable('the virus scanner does not answer');
      const late = judgeLate(verdict, first, this.filterOf(first.tenantId));
      const symbols = Object.fromEntries(verdict.symbols.map(({ name, score }) => [name, score]));
      await this.db.query({
        name: 'keep-late-verdict',
        text: 'update messages set scan = $2, score = $3, symbols = $4 where id = $1',
        values: [first.messageId, late.scan, verdict.score, JSON.stringify(symbols)],
      });
      return late;
    } catch (error) {
      if (!(error instanceof ScanUnavailable)) throw error;
      this.log('scan-failed', { messageId: first.messageId, error: error.message });
      return this.noAnswer(first);
    } finally {
      this.leave();
    }
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.probe?.close();
    this.client?.close();
  }

  private noAnswer({ domainId }: ClaimedDelivery): LateVerdict {
    this.isAway = true;
    this.waiting.add(domainId);
    this.lookLater();
    return { kind: 'no-answer' };
  }

  private lookLater(): void {
    if (!this.isClosed) this.timer ??= setTimeout(() => void this.look(), probeEveryMs);
  }

  private async look(): Promise<void> {
    const isBack = (await this.probe?.scans()) ?? false;
    this.timer = undefined;
    if (!isBack) return this.lookLater();
    this.isAway = false;
    const domains = [...this.waiting];
    this.waiting.clear();
    try {
      await this.db.query({
        name: 'scanner-is-back',
        text: makeUnscannedDue,
        values: [domains, channels.retry],
      });
    } catch (error) {
      // They come up again by their schedule.
      this.log('failed', { while: 'making due what waits for the scanner', error });
    }
  }

  private async enter(): Promise<void> {
    if (this.running >= mostAtOnce) await new Promise<void>((resolve) => this.line.push(resolve));
    this.running++;
  }

  private leave(): void {
    this.running--;
    this.line.shift()?.();
  }
}

const makeUnscannedDue = `
  with due as (
    update deliveries d set next_attempt_at = now() from messages m
    where m.id = d.message_id and m.scan = 'unscanned' and d.domain_id = any($1::uuid[]) and d.state = 'held' and not d.is_parked
      and d.next_attempt_at > now()
    returning d.domain_id
  )
  select pg_notify($2, json_build_object('domains', (select json_agg(domain_id) from (select distinct domain_id from due limit 150) few))::text)
  where exists (select from due)
`;

// A "defer" is meant for a sender who can come again, and a "refuse" for one who hears it; this one is gone. So whatever the tenant does
// not want is put aside, and the grey list means nothing.
function judgeLate(
  verdict: Verdict,
  { sender, clientAddress, recipient }: ClaimedDelivery,
  filter: TenantFilter,
): Exclude<LateVerdict, { kind: 'no-answer' }> {
  const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
  const { does, finding } = judge(verdict, filter, {
    listed: listingOf(filter, sender, clientAddress ?? ''),
    claimsOwnDomain: sender !== '' && domainOf(sender) === domainOf(recipient),
  });
  if (does === 'take' || finding === 'grey-list')
    return { kind: 'clean', scan: finding === 'spam' ? 'spam' : 'clean' };
  if (finding === 'malware')
    return { kind: 'bad', scan: 'infected', reason: 'Malware, found when it was scanned late' };
  if (finding === 'blocked')
    return { kind: 'bad', scan: 'clean', reason: 'The sender is on your block list' };
  if (finding === 'block-list')
    return {
      kind: 'bad',
      scan: 'clean',
      reason: `The sender’s server is on the block list ${blockListOf(verdict)}`,
    };
  if (finding === 'own-domain')
    return {
      kind: 'bad',
      scan: 'clean',
      reason: 'The sender claims to be in your domain and cannot show it',
    };
  return {
    kind: 'bad',
    scan: 'spam',
    reason: `Spam, found when it was scanned late (score ${verdict.score} of ${filter.rejectScore ?? verdict.requiredScore})`,
  };
}
