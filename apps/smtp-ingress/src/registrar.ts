/**
 * Registers spooled messages in Postgres, in batches, idempotently by message id.
 *
 * Two sources: what this process has just put (kept in memory, so that nothing is read back), and what still carries the mark
 * "unregistered" in the spool: left by a process that died, or by a time without Postgres. Order: Postgres commits, then the mark
 * is taken away; a crash in between registers again, which changes nothing.
 *
 * It never holds up port 25. While Postgres is away it waits with back-off; beyond a bound, messages wait in the spool alone. A
 * message that Postgres will not take (and none of its neighbours) is left aside for ten minutes at a time, so that the rest goes on.
 */
import type { Log } from '@holdfast/daemon';
import { registerMessages, type MessageToRegister, type Queryable } from '@holdfast/queue';
import { SpoolDamaged, type Spool, type SpooledEnvelope, type SpoolEntry } from '@holdfast/spool';

export interface RegistrarParts {
  spool: Pick<Spool, 'envelope' | 'markRegistered' | 'unregistered'>;
  db: Queryable;
  log: Log;
  node: string;
}

interface Waiting {
  id: string;
  envelope: SpooledEnvelope;
}

// A batch costs Postgres about as much as ten single messages; beyond 500 the gain is gone and the locks last longer.
const mostInBatch = 500;
// At full speed a batch has some hundred messages by then; alone, a message is in the console as good as at once.
const gatherMs = 30;
// Some MB. Whatever comes on top waits in the spool and is found there.
const mostInMemory = 10_000;
const firstRetryMs = 250;
const longestRetryMs = 5_000;
const sweepEveryMs = 5_000;
// A living process registers within a second; its marks are left to it unless it is slower than this.
const othersHaveMs = 15_000;
const leaveAsideMs = 600_000;
const dayMs = 86_400_000;

export class Registrar {
  private waiting: Waiting[] = [];
  /** ids in `waiting` or on their way */
  private readonly mine = new Set<string>();
  private readonly leftAside = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private sweepTimer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private retryMs = 0;
  private isStopped = false;

  constructor(private readonly parts: RegistrarParts) {}

  /** Begins with all that the spool still has from before. */
  start(): void {
    void this.sweep(0);
  }

  add(entries: readonly SpoolEntry[]): void {
    for (const { id, envelope } of entries) {
      if (this.waiting.length >= mostInMemory) return;
      this.waiting.push({ id, envelope });
      this.mine.add(id);
    }
    this.soon(gatherMs);
  }

  /** Messages that Postgres does not know yet, as far as this process has them in memory. */
  get backlog(): number {
    return this.mine.size;
  }

  get isPostgresAway(): boolean {
    return this.retryMs > 0;
  }

  /** Registers what it has, unless Postgres is away; the spool keeps the rest. */
  async stop(): Promise<void> {
    clearTimeout(this.sweepTimer);
    while (!this.isStopped && this.mine.size > 0 && !this.isPostgresAway) await this.run();
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private soon(ms: number): void {
    if (this.timer || this.isStopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.run();
    }, ms);
  }

  private run(): Promise<void> {
    this.running ??= this.registerAll().finally(() => (this.running = undefined));
    return this.running;
  }

  private async registerAll(): Promise<void> {
    while (this.waiting.length > 0 && !this.isStopped) {
      const batch = this.waiting.splice(0, mostInBatch);
      try {
        await this.register(batch);
        if (this.isPostgresAway) this.parts.log('postgres-back', { waiting: this.waiting.length });
        this.retryMs = 0;
      } catch (error) {
        this.waiting.unshift(...batch);
        if (!this.isPostgresAway)
          this.parts.log('register-failed', { messages: this.waiting.length, error: messageOf(error) });
        this.retryMs = Math.min(Math.max(this.retryMs * 2, firstRetryMs), longestRetryMs);
        clearTimeout(this.timer);
        this.timer = undefined;
        this.soon(this.retryMs);
        return;
      }
    }
  }

  /** @throws when it was not the batch's fault: it will be tried again as it is */
  private async register(batch: Waiting[]): Promise<void> {
    try {
      await registerMessages(
        this.parts.db,
        batch.map(({ id, envelope }) => messageOfSpooled(id, envelope, this.parts.node)),
      );
    } catch (error) {
      if (!isItsOwnFault(error)) throw error;
      if (batch.length === 1) return this.leaveAside(batch[0] as Waiting, error);
      const half = batch.length >> 1;
      await this.register(batch.slice(0, half));
      await this.register(batch.slice(half));
      return;
    }
    const ids = batch.map(({ id }) => id);
    this.parts.log('registered-batch', { messages: ids.length });
    // Should this fail, the mark stays and the sweep registers again, to no effect.
    await this.parts.spool
      .markRegistered(ids)
      .catch((error: unknown) => this.parts.log('put-failed', { error: messageOf(error) }));
    for (const id of ids) this.mine.delete(id);
  }

  private leaveAside({ id }: Waiting, error: unknown): void {
    this.mine.delete(id);
    this.leftAside.set(id, Date.now() + leaveAsideMs);
    this.parts.log('register-failed', { messageId: id, error: messageOf(error) });
  }

  /** Looks for marks that nobody else takes care of. */
  private async sweep(olderThanMs: number): Promise<void> {
    try {
      let after: string | undefined;
      while (!this.isStopped && this.waiting.length < mostInMemory) {
        const ids = this.parts.spool.unregistered({
          olderThanMs,
          limit: mostInBatch,
          ...(after ? { after } : {}),
        });
        after = ids.at(-1);
        for (const id of ids) await this.take(id);
        if (ids.length < mostInBatch) break;
      }
    } catch (error) {
      this.parts.log('register-failed', { error: messageOf(error) });
    }
    if (this.waiting.length > 0) this.soon(gatherMs);
    if (!this.isStopped) this.sweepTimer = setTimeout(() => void this.sweep(othersHaveMs), sweepEveryMs);
  }

  private async take(id: string): Promise<void> {
    const notBefore = this.leftAside.get(id);
    if (this.mine.has(id) || (notBefore !== undefined && notBefore > Date.now())) return;
    this.leftAside.delete(id);
    try {
      const envelope = await this.parts.spool.envelope(id);
      if (!envelope || this.mine.has(id)) return;
      this.waiting.push({ id, envelope });
      this.mine.add(id);
    } catch (error) {
      // Reported by the spool, which has set it aside with its mark.
      if (!(error instanceof SpoolDamaged)) throw error;
    }
  }
}

/** SQLSTATE classes 22 (data exception) and 23 (constraint): the rows are at fault. All else is weather. */
function isItsOwnFault(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function messageOfSpooled(id: string, envelope: SpooledEnvelope, node: string): MessageToRegister {
  const { client, recipients, receivedAt, isSmtpUtf8, requireTls, envelopeId, ret } = envelope;
  const received = Date.parse(receivedAt);
  return {
    id,
    tenantId: envelope.tenantId,
    node,
    sender: envelope.sender,
    bytes: envelope.bytes,
    receivedAt,
    // A zone (fe80::1%eth0) means nothing outside this machine, and Postgres takes none.
    clientAddress: client.address.replace(/%.*$/, '') || null,
    clientName: client.name ?? null,
    helo: client.helo,
    tls: client.tls ?? null,
    scan: envelope.scan,
    score: envelope.score ?? null,
    symbols: envelope.symbols ?? null,
    ...(isSmtpUtf8 ? { isSmtpUtf8 } : {}),
    ...(requireTls ? { requireTls } : {}),
    ...(envelopeId === undefined ? {} : { envelopeId }),
    ...(ret === undefined ? {} : { ret }),
    recipients: recipients.map(({ address, domainId, retentionDays, notify, originalRecipient }) => ({
      address,
      domainId,
      expiresAt: new Date(received + retentionDays * dayMs).toISOString(),
      ...(notify === undefined ? {} : { notify }),
      ...(originalRecipient === undefined ? {} : { originalRecipient }),
      ...(envelope.quarantine === undefined ? {} : { isQuarantined: true, reason: envelope.quarantine }),
    })),
  };
}
