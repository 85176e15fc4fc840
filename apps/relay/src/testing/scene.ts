import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog, type Log } from '@holdfast/daemon';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import { newMessageId } from '@holdfast/mail';
import { openPool, registerMessages } from '@holdfast/queue';
import { openSpool, type Spool } from '@holdfast/spool';
import type pg from 'pg';
import { readRelayConfig } from '../config';
import { openRelay, type Relay, type Surroundings } from '../relay';

export const node = 'mx.holdfast.test';
const patienceMs = 15_000;

/** One node with its spool and its Postgres, and as many relays as the story wants. */
export class Scene {
  readonly logged: { event: string; [field: string]: unknown }[] = [];
  private readonly relays = new Set<Relay>();
  private names = 0;

  private constructor(
    readonly database: ThrowAwayDatabase,
    readonly owner: pg.Pool,
    readonly folder: string,
    readonly spool: Spool,
  ) {}

  static async open(): Promise<Scene> {
    const database = await throwAwayDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-relay-'));
    return new Scene(
      database,
      openPool({ url: database.url, program: 'spec' }),
      folder,
      openSpool({ directory: join(folder, 'spool') }),
    );
  }

  async close(): Promise<void> {
    await this.endRelays();
    await this.spool.close();
    await this.owner.end();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What a relay process of this node reads from its environment. */
  environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return {
      DATABASE_URL: this.database.urlAs('relay'),
      HOLDFAST_DATA_DIR: this.folder,
      HOLDFAST_HOSTNAME: node,
      HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'on',
      HOLDFAST_SCANNING: 'off',
      ...more,
    };
  }

  async startRelay(more: NodeJS.ProcessEnv = {}, surroundings: Surroundings = {}): Promise<Relay> {
    const quiet = openLog('relay', 'error');
    const log = Object.assign(
      (event: string, fields: object = {}) => void this.logged.push({ ...fields, event }),
      { flush: () => quiet.flush() },
    ) as Log;
    const relay = await openRelay(readRelayConfig(this.environment(more)), log, surroundings);
    this.relays.add(relay);
    await relay.atWork;
    return relay;
  }

  async endRelays(): Promise<void> {
    const relays = [...this.relays];
    this.relays.clear();
    await Promise.all(relays.map((relay) => relay.end()));
  }

  /** A domain of a tenant of its own, whose primary listens at `port`. */
  async domain(
    port: number,
    name = `d${++this.names}.test`,
  ): Promise<{ id: string; tenantId: string; name: string }> {
    const { rows } = await this.owner.query(
      `with t as (insert into tenants (name) values ($1) returning id),
         d as (insert into domains (tenant_id, name, state) select id, $1, 'active' from t returning id, tenant_id),
         p as (insert into primaries (tenant_id, domain_id, host, port) select tenant_id, id, '127.0.0.1', $2 from d)
       select id, tenant_id as "tenantId", $1 as name from d`,
      [name, port],
    );
    return rows[0];
  }

  /** Puts messages where ingress and registrar would have put them: one for each list of local parts. */
  async hold(
    domain: { id: string; tenantId: string; name: string },
    messages: string[][],
    body = Buffer.from('Subject: x\r\n\r\nbody\r\n'),
  ): Promise<string[]> {
    const now = Date.now();
    const receivedAt = new Date(now).toISOString();
    // One after the other, as they would have come.
    const all = messages.map((localParts, n) => ({
      id: newMessageId(now - messages.length + n),
      recipients: localParts.map((localPart) => `${localPart}@${domain.name}`),
    }));
    await this.spool.put(
      all.map(({ id, recipients }) => ({
        id,
        body,
        envelope: {
          tenantId: domain.tenantId,
          sender: 'sender@elsewhere.test',
          recipients: recipients.map((address) => ({ address, domainId: domain.id, retentionDays: 30 })),
          client: { address: '192.0.2.1', helo: 'elsewhere.test', protocol: 'ESMTP' as const },
          receivedAt,
          bytes: body.length,
          scan: 'clean' as const,
        },
      })),
    );
    await registerMessages(
      this.owner,
      all.map(({ id, recipients }) => ({
        id,
        tenantId: domain.tenantId,
        node,
        sender: 'sender@elsewhere.test',
        bytes: body.length,
        receivedAt,
        clientAddress: '192.0.2.1',
        clientName: null,
        helo: 'elsewhere.test',
        tls: null,
        scan: 'clean' as const,
        score: null,
        symbols: null,
        recipients: recipients.map((address) => ({
          address,
          domainId: domain.id,
          expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        })),
      })),
    );
    await this.spool.markRegistered(all.map(({ id }) => id));
    return all.map(({ id }) => id);
  }

  /** How many deliveries of a domain are in which state; those with none are left out. */
  async states(domainId: string): Promise<Record<string, number>> {
    const { rows } = await this.owner.query<{ state: string; n: number }>(
      `select state, count(*)::int as n from (
         select state from deliveries where domain_id = $1 union all select state from settled_deliveries where domain_id = $1
       ) all_of_them group by state`,
      [domainId],
    );
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  }

  /** What the sentinel would say. */
  async sentinelSays(domainId: string, isUp: boolean): Promise<void> {
    await this.owner.query(`select pg_notify('holdfast_primary', $1)`, [
      JSON.stringify({ domain: domainId, up: isUp }),
    ]);
  }

  async rows<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.owner.query<T>(sql, values)).rows;
  }

  /** Waits until it is so; looks whenever something is told, and now and then. */
  async until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = performance.now() + patienceMs;
    const client = await this.owner.connect();
    try {
      await client.query('listen holdfast_settled; listen holdfast_wave; listen holdfast_unreachable');
      while (!(await isSo())) {
        if (performance.now() > deadline)
          throw new Error(
            `Waited in vain until ${what}\n${this.logged
              .slice(-30)
              .map((line) => JSON.stringify(line))
              .join('\n')}`,
          );
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            clearTimeout(timer);
            client.off('notification', wake);
            resolve();
          };
          const timer = setTimeout(wake, 200);
          client.once('notification', wake);
        });
      }
    } finally {
      client.release(true);
    }
  }
}
