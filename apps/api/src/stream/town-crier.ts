import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import { listen, type ChannelName, type Listener } from '@holdfast/database';
import type pg from 'pg';
import { CONFIG, type Config } from '../config';
import { LOG } from '../http/log';
import { Metrics } from '../http/metrics';
import { OPERATOR_POOL, TenantDatabase } from '../http/tenant-database';
import { Changes } from './changes';
import { readCounts, type CountedDomain } from './counts';
import { everybody, type Viewer, type ViewName } from './viewer';

const heard: ChannelName[] = ['registered', 'settled', 'retry', 'outage', 'notification'];

/** Four times a second reads as "live", and is what Postgres is asked at most. */
const tellEveryMs = 250;
/** Postgres was away while we wanted to tell; the listener says too when it is back. */
const askAgainMs = 1_000;
/** More domains than this in one moment are a hint to reload, not a list of hints. */
const mostHints = 20;
/** Ids alone, so many that forgetting all of them now and then costs less than knowing which are old. */
const mostHomes = 200_000;

/**
 * Tells consoles what changes. It hears the notices of Postgres, which name domains and no numbers, and reads the numbers once for each
 * view that somebody looks at: a tenant's under that tenant's row-level security, so that nothing of another can be among them.
 */
@Injectable()
export class TownCrier implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly viewers = new Set<Viewer>();
  private readonly homes = new Map<string, string>();
  private changes = new Changes();
  private listener: Listener | undefined;
  private timer: NodeJS.Timeout | undefined;
  private telling: Promise<void> = Promise.resolve();
  private toldAt = 0;
  private isLost = false;

  constructor(
    private readonly database: TenantDatabase,
    private readonly metrics: Metrics,
    @Inject(OPERATOR_POOL) private readonly operatorPool: pg.Pool,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.listener = listen(this.config.databaseUrl, heard, {
      onNotice: (channel, payload) => {
        this.changes.take(channel, payload);
        this.tellSoon();
      },
      onConnect: () => {
        if (this.isLost) this.log('postgres-back');
        this.isLost = false;
        // What was said while nobody listened is lost: everything may be different.
        this.changes.isEverything = true;
        this.tellSoon();
      },
      onLost: (error) => {
        if (!this.isLost) this.log('postgres-lost', { error });
        this.isLost = true;
      },
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.listener?.close();
    await this.telling;
    for (const viewer of this.viewers) viewer.end();
  }

  /** Takes a viewer in and tells it at once how things stand. */
  async join(viewer: Viewer): Promise<void> {
    this.viewers.add(viewer);
    this.metrics.streams.set(this.viewers.size);
    for (const view of viewer.views) tellCounts([viewer], await this.read(view, null));
  }

  leave(viewer: Viewer): void {
    this.viewers.delete(viewer);
    this.metrics.streams.set(this.viewers.size);
  }

  private tellSoon(inMs = Math.max(0, this.toldAt + tellEveryMs - Date.now())): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.toldAt = Date.now();
      // One telling after the other: two side by side could end with the older numbers.
      this.telling = this.telling.then(() => this.tell());
    }, inMs);
  }

  private async tell(): Promise<void> {
    const now = this.changes;
    this.changes = new Changes();
    if (now.isEmpty || this.viewers.size === 0) return;
    try {
      await this.learnHomes([...now.domains]);
      for (const [view, viewers] of this.audience()) await this.tellView(view, viewers, now);
    } catch (error) {
      this.log('failed', { while: 'telling consoles', error });
      this.changes.add(now);
      this.tellSoon(askAgainMs);
    }
  }

  /** Who looks at which view; however many do, it is read once. */
  private audience(): Map<ViewName, Viewer[]> {
    const audience = new Map<ViewName, Viewer[]>();
    for (const viewer of this.viewers) {
      for (const view of viewer.views) audience.set(view, [...(audience.get(view) ?? []), viewer]);
    }
    return audience;
  }

  private async tellView(view: ViewName, viewers: Viewer[], now: Changes): Promise<void> {
    const mine = [...now.domains].filter((id) => view === everybody || this.homes.get(id) === view);
    if (now.isEverything || mine.length > 0) {
      const counted = await this.read(view, now.isEverything ? null : mine);
      tellCounts(viewers, counted);
      const hints =
        counted.length > mostHints || now.isEverything
          ? [{ domain: null }]
          : counted.map(({ domain }) => ({ domain }));
      for (const hint of hints) for (const viewer of viewers) viewer.tell('delivery', hint);
    }
    for (const [domainId, outage] of now.outages) {
      if (mine.includes(domainId))
        for (const viewer of viewers) viewer.tell('outage', { id: outage, domainId });
    }
    if (now.isEverything) for (const viewer of viewers) viewer.tell('outage', {});
    if (now.isEverything || [...now.notifications].some((tenant) => view === everybody || tenant === view)) {
      for (const viewer of viewers) viewer.tell('notification', {});
    }
  }

  private async read(view: ViewName, domains: string[] | null): Promise<CountedDomain[]> {
    return view === everybody
      ? this.database.asOperator({ kind: 'operator' }, (db) => readCounts(db, domains))
      : this.database.asTenant(view, (db) => readCounts(db, domains));
  }

  /** Which tenant a domain belongs to, so that only its viewers' view is read. Only ids are kept. */
  private async learnHomes(domains: string[]): Promise<void> {
    const unknown = domains.filter((id) => !this.homes.has(id));
    if (unknown.length === 0) return;
    if (this.homes.size > mostHomes) this.homes.clear();
    const { rows } = await this.operatorPool.query<{ id: string; tenant_id: string }>(
      'select id, tenant_id from domains where id = any($1::uuid[])',
      [unknown],
    );
    for (const { id, tenant_id } of rows) this.homes.set(id, tenant_id);
  }
}

function tellCounts(viewers: Viewer[], counted: CountedDomain[]): void {
  const counts = Object.fromEntries(counted.map(({ id, counts }) => [id, counts]));
  for (const viewer of viewers) viewer.tell('counts', counts);
}
