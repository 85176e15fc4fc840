import { listen, openPool, type ChannelName, type Listener } from '@holdfast/database';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import type { Log } from '@holdfast/daemon';
import { newMessageId } from '@holdfast/mail';
import { registerMessages, settle } from '@holdfast/queue';
import type pg from 'pg';
import type { SentinelConfig } from '../config';
import { openSentinel, type Sentinel } from '../sentinel';
import { MailSink } from './mail-sink';
import { ManualClock } from '@holdfast/daemon/testing';

const patienceMs = 10_000;

/** One provider's world: a database, a smart host, a clock, and as many sentinels as the story wants. */
export class Story {
  readonly heard: { name: ChannelName; payload: Record<string, unknown> }[] = [];
  readonly logged: { event: string; [field: string]: unknown }[] = [];
  /** Behind the wall clock, so that what Postgres stamps by itself is never older than what the story says. */
  readonly clock = new ManualClock(Date.now() - 3_600_000 * 24 * 5);
  readonly sentinels: Sentinel[] = [];
  private listener: Listener | undefined;
  private names = 0;

  private constructor(
    readonly database: ThrowAwayDatabase,
    readonly db: pg.Pool,
    readonly sink: MailSink,
  ) {}

  static async begin(): Promise<Story> {
    const database = await throwAwayDatabase();
    const db = openPool({ url: database.url, program: 'spec' });
    const story = new Story(database, db, await MailSink.start());
    await new Promise<void>((resolve) => {
      story.listener = listen(database.url, ['primary', 'outage', 'notification'], {
        onConnect: resolve,
        onNotice: (name, payload) => void story.heard.push({ name, payload }),
      });
    });
    return story;
  }

  async end(): Promise<void> {
    await this.stopSentinels();
    await this.listener?.close();
    await this.sink.close();
    await this.db.end();
    await this.database.drop();
  }

  startSentinel(more: Partial<SentinelConfig> = {}): Sentinel {
    const config: SentinelConfig = {
      databaseUrl: this.database.urlAs('sentinel'),
      hostname: 'mx.holdfast.test',
      node: 'node-1',
      worker: 0,
      healthPort: 0,
      dnsServers: [],
      allowPrivatePrimaries: true,
      mxNames: [],
      smtpPort: 1,
      notifySmtpUrl: `smtp://127.0.0.1:${this.sink.port}`,
      maxHeldMessages: 0,
      maxHeldBytes: 0,
      probesAtOnce: 200,
      ...more,
    };
    const log = Object.assign(
      (event: string, fields: object = {}) => void this.logged.push({ ...fields, event }),
      { flush: async () => undefined },
    ) as Log;
    const sentinel = openSentinel(config, log, { clock: this.clock });
    this.sentinels.push(sentinel);
    return sentinel;
  }

  async stopSentinels(): Promise<void> {
    await Promise.all(this.sentinels.splice(0).map((sentinel) => sentinel.stop()));
  }

  async tenant(contacts: string[]): Promise<string> {
    const name = `Tenant ${++this.names}`;
    const [tenant] = await this.rows<{ id: string }>(`insert into tenants (name) values ($1) returning id`, [
      name,
    ]);
    for (const email of contacts)
      await this.db.query(`insert into contacts (tenant_id, email, verified_at) values ($1, $2, now())`, [
        tenant?.id,
        email,
      ]);
    return String(tenant?.id);
  }

  async domain(tenantId: string, port: number, name = `d${++this.names}.test`): Promise<string> {
    const [domain] = await this.rows<{ id: string }>(
      `insert into domains (tenant_id, name, state) values ($1, $2, 'active') returning id`,
      [tenantId, name],
    );
    await this.db.query(
      `insert into primaries (tenant_id, domain_id, host, port) values ($1, $2, '127.0.0.1', $3)`,
      [tenantId, domain?.id, port],
    );
    return String(domain?.id);
  }

  /** @returns the ids of the deliveries */
  async holds(tenantId: string, domainId: string, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newMessageId(this.clock.now()));
    await registerMessages(
      this.db,
      ids.map((id) => ({
        id,
        tenantId,
        node: 'node-1',
        sender: 'sender@elsewhere.test',
        bytes: 100,
        receivedAt: new Date(this.clock.now()).toISOString(),
        clientAddress: null,
        clientName: null,
        helo: null,
        tls: null,
        scan: 'clean' as const,
        score: null,
        symbols: null,
        recipients: [
          {
            address: 'r@d.test',
            domainId,
            expiresAt: new Date(this.clock.now() + 30 * 86_400_000).toISOString(),
          },
        ],
      })),
    );
    return ids.map((id) => `${id.slice(0, -4)}0001`);
  }

  async delivers(deliveryIds: string[], kind: 'delivered' | 'refused' = 'delivered'): Promise<void> {
    await settle(
      this.db,
      deliveryIds.map((deliveryId) => ({ deliveryId, kind, reply: '250 2.0.0 Ok', with: '127.0.0.1:25' })),
      'a relay',
    );
  }

  async rows<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.db.query<T>(sql, values)).rows;
  }

  outages(domainId: string) {
    return this.rows<{
      id: string;
      cause: string;
      began_at: Date;
      ended_at: Date | null;
      drained_at: Date | null;
      messages_held: number;
      messages_delivered: number;
    }>('select * from outages where domain_id = $1 order by began_at', [domainId]);
  }

  notifications(tenantId: string) {
    return this.rows<{
      kind: string;
      recipient: string;
      sent_at: Date | null;
      skipped_because: string | null;
    }>('select * from notifications where tenant_id = $1 order by created_at, recipient', [tenantId]);
  }

  /**
   * Lets time pass, step by step with room for what happens in each, until it is so.
   * @param stepMs small where the story is about seconds: the clock of the story runs ahead of sockets and Postgres
   */
  async until(what: string, isSo: () => boolean | Promise<boolean>, stepMs = 100): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!(await isSo())) {
      if (performance.now() > deadline)
        throw new Error(
          `Waited in vain until ${what}\n${this.logged
            .filter(({ event }) => event !== 'probe-failed')
            .map((line) => JSON.stringify(line))
            .join('\n')}`,
        );
      await this.step(stepMs);
    }
  }

  /** Lets this much time pass, with everything that happens in it. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) await this.step(100);
  }

  private async step(ms: number): Promise<void> {
    this.clock.advance(ms);
    await Promise.all(this.sentinels.map(({ watcher }) => watcher.seen()));
    // The clock must not run away from a round that began: it would tell at a later time than it looked.
    await Promise.all(this.sentinels.map(({ endings }) => endings.rests()));
    // A round trip to Postgres: whatever was asked before by others has had its turn on the wire.
    await this.db.query('select 1');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
