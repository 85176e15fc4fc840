import { primariesOf, type Primary } from '@holdfast/directory';
import type pg from 'pg';
import type { Clock } from '@holdfast/daemon';
import { Errand } from '../errand';
import type { ProbeResult } from '../probes/probe';

export interface StandingsParts {
  pool: pg.Pool;
  clock: Clock;
  probe(primaries: Primary[]): Promise<ProbeResult>;
  onPostgres(isThere: boolean, error?: unknown): void;
}

/** A sender that is asked to use a primary which has just gone tries us again in minutes; sooner is no use to anybody. */
const everyMs = 20_000;
/** Nobody has looked for so long: what was seen then belongs to an earlier choice. */
const newcomerAfter = '1 minute';

/**
 * Keeps `primary_standings`: whether a primary answers, for the domains where port 25 decides by it even while no mail is held.
 * One bad probe takes the belief away, because the doubt costs nothing: mail is taken. While an outage is open its keeper has
 * the word (a trigger on `outages`), and nobody is probed here.
 */
export class Standings {
  private readonly all: Errand;
  private readonly newcomers: Errand;

  constructor(private readonly parts: StandingsParts) {
    const errand = (run: () => Promise<void>, everyMs?: number): Errand =>
      new Errand({
        clock: parts.clock,
        run,
        everyMs,
        onDone: () => parts.onPostgres(true),
        onError: (error) => parts.onPostgres(false, error),
      });
    this.all = errand(() => this.look('all'), everyMs);
    this.newcomers = errand(() => this.look('newcomers'));
  }

  begin(): void {
    this.all.ask();
  }

  /** A tenant may have chosen a moment ago that port 25 is to decide by its primary, and looks whether it does. */
  directoryChanged(): void {
    this.newcomers.ask();
  }

  async stop(): Promise<void> {
    await Promise.all([this.all.stop(), this.newcomers.stop()]);
  }

  private async look(at: 'all' | 'newcomers'): Promise<void> {
    // Domains with the same primaries are one row: they share the probe.
    const { rows } = await this.parts.pool.query<{ primaries: Primary[]; domain_ids: string[] }>(
      `select p.primaries, array_agg(d.id) as domain_ids
       from domains d
       join lateral (select ${primariesOf('d')} as primaries) p on p.primaries is not null
       where d.state = 'active' and (d.when_primary_up = 'defer' or d.recipient_policy = 'call-ahead')
         and not exists (select from outages o where o.domain_id = d.id and o.ended_at is null)
         and ($1 = 'all' or not exists (select from primary_standings s where s.domain_id = d.id and s.seen_at > now() - interval '${newcomerAfter}'))
       group by p.primaries`,
      [at],
    );
    await Promise.all(
      rows.map(async ({ primaries, domain_ids }) => {
        const { isUp } = await this.parts.probe(primaries);
        await this.parts.pool.query(
          `insert into primary_standings as known (domain_id, tenant_id, is_up)
           select id, tenant_id, $2 from domains d where id = any($1::uuid[])
             and not exists (select from outages o where o.domain_id = d.id and o.ended_at is null)
           on conflict (domain_id) do update set is_up = excluded.is_up, seen_at = now(),
             changed_at = case when known.is_up = excluded.is_up then known.changed_at else now() end`,
          [domain_ids, isUp],
        );
      }),
    );
  }
}
