/**
 * Tries the way to a domain's primaries when a person asks for it, step by step, and writes down what each step found. No mail is sent,
 * and no more is told than the server told us. Whichever relay is first takes a test; one that nobody took in a minute is forgotten.
 */
import type { Log } from '@holdfast/daemon';
import type { Directory, Hop, NextHopFinder, Primary } from '@holdfast/directory';
import { listen, type Listener } from '@holdfast/queue';
import type pg from 'pg';
import type { Ways } from './ways';

interface Step {
  /** host and port, and the address where it is known */
  place: string;
  step: string;
  isGood: boolean;
  found: string;
}

export interface WayTesterParts {
  pool: pg.Pool;
  databaseUrl: string;
  directory: Pick<Directory, 'findById'>;
  finder: Pick<NextHopFinder, 'find'>;
  ways: Pick<Ways, 'test'>;
  log: Log;
}

const mostPlaces = 10;
const longestFound = 500;
const takeSql = `
  update primary_tests set taken_at = now() where id = (
    select id from primary_tests where taken_at is null and asked_at > now() - interval '1 minute'
    order by asked_at limit 1 for update skip locked)
  returning id, domain_id`;

export class WayTester {
  private listener: Listener | undefined;
  private running: Promise<void> | undefined;
  private isEnding = false;

  constructor(private readonly parts: WayTesterParts) {}

  start(): void {
    this.listener = listen(this.parts.databaseUrl, ['test'], {
      onConnect: () => this.look(),
      onNotice: () => this.look(),
    });
  }

  async end(): Promise<void> {
    this.isEnding = true;
    await this.listener?.close();
    await this.running;
  }

  private look(): void {
    this.running ??= this.takeAll()
      .catch((error: unknown) => this.parts.log('failed', { while: 'testing the way to a primary', error }))
      .finally(() => (this.running = undefined));
  }

  private async takeAll(): Promise<void> {
    const { pool, directory } = this.parts;
    while (!this.isEnding) {
      const { rows } = await pool.query<{ id: string; domain_id: string }>(takeSql);
      const [test] = rows;
      if (!test) return;
      const steps: Step[] = [];
      const primaries = directory.findById(test.domain_id)?.primaries ?? [];
      for (const primary of primaries) await this.tryPrimary(primary, steps);
      await pool.query('update primary_tests set steps = $2, done_at = now() where id = $1', [
        test.id,
        JSON.stringify(steps),
      ]);
    }
  }

  private async tryPrimary(primary: Primary, steps: Step[]): Promise<void> {
    const named = `${primary.byMx ? 'MX of ' : ''}${primary.host}:${primary.port}`;
    const note = (place: string, step: string, isGood: boolean, found: string): void =>
      void steps.push({ place, step, isGood, found: found.slice(0, longestFound) });
    let hops: Hop[];
    try {
      hops = (await this.parts.finder.find([primary])).slice(0, mostPlaces);
    } catch (error) {
      return note(named, 'look-up', false, (error as Error).message);
    }
    const since = hops[0]?.rememberedFrom;
    const from = since ? `, as DNS said on ${since.toISOString().slice(0, 10)}; now it does not` : '';
    note(named, 'look-up', true, hops.map(({ host, address }) => `${host} ${address}`).join(', ') + from);
    for (const hop of hops) {
      const place = `${hop.host}:${hop.port} ${hop.address}`;
      try {
        await this.parts.ways.test(hop, (step, found) => note(place, step, true, found));
        note(place, 'ready', true, `takes mail as the policy "${primary.tlsPolicy}" wants it`);
      } catch (error) {
        note(place, 'failed', false, (error as Error).message);
      }
    }
  }
}
