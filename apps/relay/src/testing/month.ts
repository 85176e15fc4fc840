import { ManualClock } from '@holdfast/daemon/testing';
import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { newMessageId, type NotifyOn, type ReportedPart } from '@holdfast/mail';
import { registerMessages, type ScanState } from '@holdfast/queue';
import type { SpooledEnvelope } from '@holdfast/spool';
import type { Relay } from '../relay';
import { node, Scene } from './scene';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
const patienceMs = 15_000;

export interface Letter {
  to: string[];
  from?: string;
  /** header lines of the sender's own, each with its CRLF */
  header?: string;
  /** what our Authentication-Results line says, as ingress writes it */
  results?: string;
  symbols?: Record<string, number> | null;
  scan?: ScanState;
  quarantine?: string;
  notify?: NotifyOn[];
  ret?: ReportedPart;
  envelopeId?: string;
  retentionDays?: number;
}

/**
 * A node whose clock is moved by hand, the primary of a domain, and the mail server of the senders at elsewhere.test, which DNS names.
 */
export class Month {
  domain!: { id: string; tenantId: string; name: string };
  relay!: Relay;

  private constructor(
    readonly scene: Scene,
    readonly clock: ManualClock,
    readonly primary: FakePrimary,
    readonly senders: FakePrimary,
    readonly dns: FakeDns,
  ) {}

  static async begin(): Promise<Month> {
    const [scene, primary, senders] = await Promise.all([
      Scene.open(),
      startFakePrimary({ hostname: 'mail.held.test' }),
      startFakePrimary({ hostname: 'mx.elsewhere.test' }),
    ]);
    const dns = await startFakeDns({
      zones: {
        'elsewhere.test': { MX: ['10 mx.elsewhere.test'] },
        'mx.elsewhere.test': { A: ['127.0.0.1'] },
      },
    });
    const month = new Month(scene, new ManualClock(Date.now()), primary, senders, dns);
    month.domain = await scene.domain(primary.port, 'held.test');
    await month.startRelay();
    return month;
  }

  async startRelay(): Promise<void> {
    this.relay = await this.scene.startRelay(
      { HOLDFAST_DNS_SERVERS: this.dns.server },
      { clock: this.clock, mxPort: this.senders.port },
    );
  }

  async end(): Promise<void> {
    await this.scene.close();
    await Promise.all([this.primary.close(), this.senders.close(), this.dns.close()]);
  }

  /** Takes a message as ingress and its registrar do. @returns its id */
  async take(letter: Letter): Promise<string> {
    const { from = 'ann@elsewhere.test', header = '', results = '', scan = 'clean' } = letter;
    const { symbols = { R_SPF_ALLOW: -0.2 }, retentionDays = 30, quarantine } = letter;
    const id = newMessageId(this.clock.now());
    const receivedAt = new Date(this.clock.now()).toISOString();
    const body = Buffer.from(
      `Received: from elsewhere.test ([192.0.2.1])\r\n\tby ${node}\r\n${results}X-Holdfast-Scan: ${scan}\r\n` +
        `From: Ann <${from || 'ann@elsewhere.test'}>\r\nMessage-ID: <${id}@elsewhere.test>\r\nSubject: Plans\r\n${header}\r\nHello\r\n`,
    );
    const envelope: SpooledEnvelope = {
      tenantId: this.domain.tenantId,
      sender: from,
      recipients: letter.to.map((localPart) => ({
        address: `${localPart}@${this.domain.name}`,
        domainId: this.domain.id,
        retentionDays,
      })),
      client: { address: '192.0.2.1', helo: 'elsewhere.test', protocol: 'ESMTP' },
      receivedAt,
      bytes: body.length,
      scan,
    };
    await this.scene.spool.put([{ id, body, envelope }]);
    await registerMessages(this.scene.owner, [
      {
        id,
        tenantId: this.domain.tenantId,
        node,
        sender: from,
        bytes: body.length,
        receivedAt,
        clientAddress: '192.0.2.1',
        clientName: null,
        helo: 'elsewhere.test',
        tls: null,
        scan,
        score: null,
        symbols,
        ...(letter.ret ? { ret: letter.ret } : {}),
        ...(letter.envelopeId ? { envelopeId: letter.envelopeId } : {}),
        recipients: envelope.recipients.map(({ address, domainId }) => ({
          address,
          domainId,
          expiresAt: new Date(this.clock.now() + retentionDays * dayMs).toISOString(),
          ...(letter.notify ? { notify: letter.notify } : {}),
          ...(quarantine === undefined ? {} : { isQuarantined: true, reason: quarantine }),
        })),
      },
    ]);
    await this.scene.spool.markRegistered([id]);
    return id;
  }

  /** Lets this much time pass; what falls due begins, and need not be done. */
  pass(ms: number): void {
    this.clock.advance(ms);
  }

  /** Lets time pass in small steps, with room for what happens in each, until it is so. */
  async until(what: string, isSo: () => Promise<boolean>, stepMs = 500): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!(await isSo())) {
      if (performance.now() > deadline)
        throw new Error(
          `Waited in vain until ${what}\n${this.scene.logged
            .slice(-30)
            .map((line) => JSON.stringify(line))
            .join('\n')}`,
        );
      this.clock.advance(stepMs);
      // A round trip to Postgres: whatever was asked before has had its turn.
      await this.scene.owner.query('select 1');
    }
  }

  async count(sql: string, values: unknown[] = []): Promise<number> {
    const [row] = await this.scene.rows<{ n: number }>(`select count(*)::int as n from ${sql}`, values);
    return row?.n ?? 0;
  }

  /** Nothing is in the spool that nobody needs; here, nothing at all. */
  async bodiesGone(): Promise<void> {
    await this.until('the bodies are gone', async () => this.scene.spool.list(undefined, 1).length === 0);
  }

  /** Everybody who had to be told has been, or it is written down why not; and what was made has arrived. */
  async reported(): Promise<void> {
    await this.until(
      'every report is decided',
      async () => (await this.count('reports where decided_at is null')) === 0,
    );
    await this.until(
      'every report has arrived',
      async () => (await this.count('deliveries d join report_destinations r using (domain_id)')) === 0,
    );
  }
}
