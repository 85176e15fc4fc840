/**
 * Tells senders what could not be delivered, once.
 *
 * Takes the rows that settling and expiring left (libs/queue/src/reports.ts). Promises that each is decided: told or withheld with the
 * reason, and that a crash neither loses nor doubles a report. For that the report's id is written down before it is made; making
 * it (spool, register, done) is idempotent by that id. A report is a message of ours from then on, from `<>`, with a delivery of its own.
 * Bounded by tenant and by destination: a server that refuses ten thousand messages must not make us send ten thousand reports.
 */
import { createHash } from 'node:crypto';
import type { Clock, Log } from '@holdfast/daemon';
import {
  deliveryReport,
  headerFields,
  newMessageId,
  parseAddress,
  type FailedRecipient,
} from '@holdfast/mail';
import {
  claimReport,
  claimUndecided,
  groupReports,
  inTransaction,
  markReportMade,
  registerMessages,
  reportsToMake,
  toldLately,
  withholdReports,
  withoutDeliveries,
  type Queryable,
  type ReportedDelivery,
  type UndecidedReport,
} from '@holdfast/queue';
import type { Spool, SpooledEnvelope } from '@holdfast/spool';
import type pg from 'pg';
import { whyNotTell } from './report-to-sender';

export interface ReporterParts {
  pool: pg.Pool;
  spool: Pick<Spool, 'body' | 'put' | 'remove' | 'markRegistered'>;
  node: string;
  hostname: string;
  log: Log;
  clock: Clock;
  /** a report was made and is due */
  onMade(): void;
}

const lookEveryMs = 2_000;
const onePage = 200;
const mostInOneReport = 100;
/** What a person answers for; above it something is wrong with a server, and the tenant is told of that instead. */
const mostPerHour = { tenant: 100, destination: 20 };
/** Long enough for a weekend without a mail server. */
const reportRetentionDays = 5;
const dayMs = 86_400_000;

export class Reporter {
  private cancel: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private isEnding = false;

  constructor(private readonly parts: ReporterParts) {}

  start(): void {
    this.cancel = this.parts.clock.after(lookEveryMs, () => {
      this.running = this.round()
        // Postgres is away; the rows are there when it is back.
        .catch((error: unknown) => this.parts.log('failed', { while: 'reporting to senders', error }))
        .finally(() => this.isEnding || this.start());
    });
  }

  async end(): Promise<void> {
    this.isEnding = true;
    this.cancel();
    await this.running;
  }

  /** Decides all that is undecided and makes what is to be made. */
  async round(): Promise<void> {
    while (!this.isEnding && (await this.decide())) continue;
    const made = await this.makeAll();
    if (made > 0) this.parts.onMade();
  }

  /** @returns whether there may be more */
  private async decide(): Promise<boolean> {
    const { pool, node, log, clock } = this.parts;
    const decided = await inTransaction(pool, async (db) => {
      const rows = await claimUndecided(db, node, onePage);
      const { withheld, groups } = await this.sort(db, rows);
      await withholdReports(db, withheld, clock.forPostgres());
      await groupReports(db, groups);
      return { rows, withheld };
    });
    const reasons = new Map(decided.withheld.map(({ deliveryId, because }) => [deliveryId, because]));
    for (const { deliveryId, messageId, tenantId } of decided.rows) {
      const because = reasons.get(deliveryId);
      if (because) log('report-withheld', { messageId, deliveryId, tenantId, because });
    }
    await this.letGo(decided.rows.map(({ messageId }) => messageId));
    return decided.rows.length === onePage;
  }

  private async sort(db: Queryable, rows: UndecidedReport[]) {
    const withheld: { deliveryId: string; because: string }[] = [];
    const groups: { reportId: string; destination: string; deliveryIds: string[]; tenantId: string }[] = [];
    for (const messageId of new Set(rows.map((row) => row.messageId))) {
      const ofMessage = rows.filter((row) => row.messageId === messageId);
      const body = await this.parts.spool.body(messageId).catch(() => undefined);
      const fields = body && headerFields(body);
      const told: UndecidedReport[] = [];
      for (const row of ofMessage) {
        const because = whyNotTell(row, fields);
        if (because) withheld.push({ deliveryId: row.deliveryId, because });
        else told.push(row);
      }
      for (let at = 0; at < told.length; at += mostInOneReport)
        groups.push({
          reportId: newMessageId(this.parts.clock.now()),
          destination: parseAddress(told[0]?.sender ?? '')?.domain ?? '',
          deliveryIds: told.slice(at, at + mostInOneReport).map(({ deliveryId }) => deliveryId),
          tenantId: told[0]?.tenantId ?? '',
        });
    }
    const allowed = await this.withinRate(db, groups);
    for (const { deliveryIds } of groups.filter((group) => !allowed.includes(group)))
      for (const deliveryId of deliveryIds)
        withheld.push({ deliveryId, because: 'There were too many reports within the hour' });
    return { withheld, groups: allowed };
  }

  private async withinRate<T extends { destination: string; tenantId: string }>(
    db: Queryable,
    groups: T[],
  ): Promise<T[]> {
    if (groups.length === 0) return [];
    const lately = await toldLately(
      db,
      groups.map(({ tenantId }) => tenantId),
      groups.map(({ destination }) => destination),
      this.parts.clock.forPostgres(),
    );
    const count = (key: string): number => lately.get(key) ?? 0;
    return groups.filter(({ destination, tenantId }) => {
      if (count(tenantId) >= mostPerHour.tenant || count(destination) >= mostPerHour.destination)
        return false;
      lately.set(tenantId, count(tenantId) + 1).set(destination, count(destination) + 1);
      return true;
    });
  }

  private async makeAll(): Promise<number> {
    const { pool, node } = this.parts;
    let made = 0;
    for (;;) {
      const ids = await reportsToMake(pool, node, onePage);
      let madeNow = 0;
      for (const id of ids) if (!this.isEnding && (await this.make(id))) madeNow++;
      made += madeNow;
      if (madeNow < onePage || this.isEnding) return made;
    }
  }

  private async make(id: string): Promise<boolean> {
    const { pool, spool, log } = this.parts;
    const rows = await inTransaction(pool, async (db) => {
      const rows = await claimReport(db, id);
      const [first] = rows;
      if (first) await this.spoolAndRegister(db, id, first, rows);
      return rows;
    });
    const [first] = rows;
    if (!first) return false;
    await spool.markRegistered([id]);
    const { messageId, tenantId, destination } = first;
    log('reported-to-sender', { messageId, tenantId, report: id, destination, deliveries: rows.length });
    await this.letGo([messageId]);
    return true;
  }

  /** Spool first, as with every message: when the transaction does not come to its end, the same is done again under the same id. */
  private async spoolAndRegister(
    db: Queryable,
    id: string,
    first: ReportedDelivery,
    rows: ReportedDelivery[],
  ): Promise<void> {
    const { spool, node, hostname, clock } = this.parts;
    const at = new Date(clock.now());
    const message = await spool.body(first.messageId).catch(() => undefined);
    const body = deliveryReport({
      id,
      hostname,
      to: first.sender,
      envelopeId: first.envelopeId,
      arrivedAt: first.receivedAt,
      at,
      recipients: rows.map(failedRecipient),
      ret: first.ret,
      message,
      messageIdHeader: message && headerFields(message).find(({ name }) => name === 'message-id')?.value,
    });
    const domainId = destinationId(first.destination);
    const envelope: SpooledEnvelope = {
      tenantId: first.tenantId,
      sender: '',
      recipients: [
        { address: first.sender, domainId, retentionDays: reportRetentionDays, notify: ['never'] },
      ],
      client: { address: '', helo: hostname, protocol: 'ESMTP' },
      receivedAt: at.toISOString(),
      bytes: body.length,
      isSmtpUtf8: !/^[\x20-\x7e]*$/.test(first.sender),
      scan: 'clean',
    };
    await spool.put([{ id, envelope, body }]);
    await registerMessages(db, [
      {
        id,
        tenantId: first.tenantId,
        node,
        sender: '',
        bytes: body.length,
        receivedAt: envelope.receivedAt,
        clientAddress: null,
        clientName: null,
        helo: null,
        tls: null,
        scan: 'clean',
        score: null,
        symbols: null,
        isSmtpUtf8: envelope.isSmtpUtf8 ?? false,
        recipients: [
          {
            address: first.sender,
            domainId,
            expiresAt: new Date(at.getTime() + reportRetentionDays * dayMs).toISOString(),
            notify: ['never'],
          },
        ],
      },
    ]);
    await markReportMade(db, id, { domainId, name: first.destination }, clock.forPostgres());
  }

  /** Bodies that were kept for their report alone. */
  private async letGo(messageIds: string[]): Promise<void> {
    const unneeded = await withoutDeliveries(this.parts.pool, [...new Set(messageIds)]);
    await this.parts.spool.remove(unneeded);
  }
}

function failedRecipient(row: ReportedDelivery): FailedRecipient {
  const ends = { refused: 'refused', expired: 'expired', discarded: 'no-domain' } as const;
  return {
    recipient: row.recipient,
    originalRecipient: row.originalRecipient,
    reply: row.outcome === 'discarded' ? null : row.reply,
    // `host:port (how)`, as the trail has it
    remoteHost: row.settledWith?.split(/[:\s]/)[0] ?? null,
    end: ends[row.outcome],
    lastAttemptAt: row.outcome === 'refused' ? row.settledAt : null,
  };
}

/** A domain of strangers has an id that is made of its name (RFC 9562 section 5.8), so that its reports wait together as a domain's mail does. */
export function destinationId(name: string): string {
  const hash = createHash('sha256').update(`report destination ${name}`).digest();
  hash.writeUInt8(0x80 | (hash.readUInt8(6) & 0x0f), 6);
  hash.writeUInt8(0x80 | (hash.readUInt8(8) & 0x3f), 8);
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
