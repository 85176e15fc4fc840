/**
 * Sends what is written and due: at least once, and for each reader in the order in which it was written. A notification is ours for
 * the length of a lease; a dispatcher that dies holds up its mails no longer than that, and two of them never send the same one.
 *
 * The order is kept for each recipient, not for the whole tenant: a contact whose server is away for three days must not keep the
 * tenant's other contacts from hearing.
 */
import { channels } from '@holdfast/database';
import type { Clock, Log } from '@holdfast/daemon';
import type pg from 'pg';
import { Errand } from '../errand';
import { Turnstile } from '../probes/turnstile';
import type { Courier } from './courier';
import { nextTryMs } from './retry';
import { oneLine } from './words';
import { heldAmong, skippedBecauseHeld } from './write';

export interface DispatcherParts {
  pool: pg.Pool;
  clock: Clock;
  log: Log;
  courier: Pick<Courier, 'carry'>;
  onPostgres?(isThere: boolean, error?: unknown): void;
  onSent?(isSent: boolean): void;
}

const mostAtOnce = 20;
const lookEveryMs = 2_000;
/** Longer than a courier may take: a mail taken from under a living dispatcher would be sent twice. */
const leaseMs = 60_000;

/** How long a sent mail waits for Postgres to hear so. Nobody else can take it meanwhile: they would need Postgres, too. */
const sentMayWaitMs = 600_000;

interface Due {
  id: string;
  tenant_id: string;
  kind: string;
  recipient: string;
  subject: string;
  text_body: string;
  html_body: string;
  message_id_header: string;
  in_reply_to: string | null;
  created_at: Date;
  attempts: number;
}

export class Dispatcher {
  private readonly turnstile = new Turnstile(mostAtOnce);
  private readonly errand: Errand;
  private isStopping = false;
  private readonly sending = new Set<Promise<void>>();

  constructor(private readonly parts: DispatcherParts) {
    this.errand = new Errand({
      clock: parts.clock,
      everyMs: lookEveryMs,
      run: () => this.round(),
      onDone: () => parts.onPostgres?.(true),
      onError: (error) => parts.onPostgres?.(false, error),
    });
  }

  /** Something was written, or may be due. */
  look(): void {
    this.errand.ask();
  }

  /** Takes nothing new, and waits for what is on its way. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.errand.stop();
    await Promise.all(this.sending);
  }

  /** Everything that was on its way has arrived or failed. */
  async settled(): Promise<void> {
    await Promise.all(this.sending);
  }

  /** Begins to send what is due, as much as has room. */
  async round(): Promise<void> {
    const room = mostAtOnce - this.turnstile.busy;
    // Asked after each mail, claimed by the handful: the question costs more than one mail is worth.
    if (room < mostAtOnce / 2) return;
    const due = await this.claim(room);
    for (const mail of due) {
      const sending = this.turnstile
        .through(() => this.send(mail))
        .catch((error: unknown) => this.parts.onPostgres?.(false, error))
        .finally(() => {
          this.sending.delete(sending);
          // The same reader's next mail may wait for this one, and there is room again.
          this.look();
        });
      this.sending.add(sending);
    }
  }

  private async claim(limit: number): Promise<Due[]> {
    const { rows } = await this.parts.pool.query<Due>({
      name: 'claim-notifications',
      text: `
        with due as (
          select id from notifications n
          where sent_at is null and skipped_because is null and next_attempt_at <= $1
            and not exists (
              select from notifications earlier
              where earlier.sent_at is null and earlier.skipped_because is null
                and earlier.tenant_id = n.tenant_id and earlier.recipient = n.recipient
                and (earlier.created_at, earlier.id) < (n.created_at, n.id)
            )
          order by next_attempt_at limit $2
          for update skip locked
        )
        update notifications n set next_attempt_at = $1 + make_interval(secs => $3), attempts = attempts + 1
        from due where n.id = due.id
        returning n.*`,
      values: [new Date(this.parts.clock.now()), limit, leaseMs / 1_000],
    });
    return rows.sort((a, b) => a.created_at.getTime() - b.created_at.getTime());
  }

  private async send(mail: Due): Promise<void> {
    const { pool, log, courier } = this.parts;
    const about = { notification: mail.id, kind: mail.kind, tenantId: mail.tenant_id };
    // It was looked at when the mail was written; the reader's own server may have gone down since.
    if ((await heldAmong(pool, [mail.recipient])).size > 0) {
      await this.skip(mail, skippedBecauseHeld);
      return log('notification-skipped', { ...about, because: skippedBecauseHeld });
    }
    try {
      await courier.carry({
        id: mail.id,
        to: mail.recipient,
        subject: mail.subject,
        text: mail.text_body,
        html: mail.html_body,
        messageIdHeader: mail.message_id_header,
        inReplyTo: mail.in_reply_to,
        writtenAt: mail.created_at,
      });
    } catch (error) {
      return this.postpone(mail, error as Error & { response?: string; responseCode?: number });
    }
    await this.writeSent(mail, new Date(this.parts.clock.now()));
    log('notification-sent', about);
    this.parts.onSent?.(true);
  }

  /** Postgres may be away at this very moment. Saying it later is better than sending the mail again. */
  private async writeSent(mail: Due, at: Date): Promise<void> {
    const until = this.parts.clock.now() + sentMayWaitMs;
    for (;;) {
      try {
        return await this.write(mail, 'sent_at = $2, last_error = null', [at]);
      } catch (error) {
        this.parts.onPostgres?.(false, error);
        if (this.isStopping || this.parts.clock.now() > until) throw error;
        await new Promise<void>((resolve) => void this.parts.clock.after(1_000, resolve));
      }
    }
  }

  private async postpone(
    mail: Due,
    error: Error & { response?: string; responseCode?: number },
  ): Promise<void> {
    const now = this.parts.clock.now();
    const reason = oneLine(error.response ?? error.message, 500);
    const isRefusal = (error.responseCode ?? 0) >= 500;
    const wait = nextTryMs({ attempts: mail.attempts, ageMs: now - mail.created_at.getTime(), isRefusal });
    const about = {
      notification: mail.id,
      kind: mail.kind,
      tenantId: mail.tenant_id,
      attempts: mail.attempts,
      reason,
    };
    this.parts.onSent?.(false);
    if (wait === undefined) {
      await this.skip(mail, `Given up after ${mail.attempts} tries; the last one: ${reason}`);
      return this.parts.log('notification-skipped', { ...about, because: 'given up' });
    }
    await this.write(mail, 'last_error = $2, next_attempt_at = $3', [reason, new Date(now + wait)]);
    this.parts.log('notification-failed', { ...about, nextTryInSeconds: wait / 1_000 });
  }

  private skip(mail: Due, because: string): Promise<void> {
    return this.write(mail, 'skipped_because = $2', [because]);
  }

  private async write(mail: Due, set: string, values: unknown[]): Promise<void> {
    await this.parts.pool.query(
      `with written as (update notifications set ${set} where id = $1 returning tenant_id)
       select pg_notify('${channels.notification}', json_build_object('tenant', tenant_id)::text) from written`,
      [mail.id, ...values],
    );
  }
}
