/**
 * Which domains wait because their primary refuses everybody. The table is the truth, for every relay of every node; what this one
 * saw and could not write yet (Postgres is away) is kept here and written when it can be. Decisions come from the api, or from a
 * primary that takes mail again.
 */
import type { Clock, Log } from '@holdfast/daemon';
import { endWave, openWave, readWaves, type NewWave, type WaveDecision } from '@holdfast/queue';
import type pg from 'pg';
import { givenUpForHours, waveTryAgainMs } from './refusal-rules';

export interface RefusalWavesParts {
  pool: pg.Pool;
  log: Log;
  clock: Pick<Clock, 'now'>;
  /** a wave began, whoever saw it */
  onBegan(domainId: string): void;
  /** a wave is over; undefined: it was decided while we did not listen */
  onEnded(domainId: string, decision: WaveDecision | undefined): void;
  tryAgainMs?: number;
}

const hour = 3_600_000;

export class RefusalWaves {
  /** domains with an open wave, and when one message may be tried, in milliseconds since 1970 */
  private readonly open = new Map<string, { tryAt: number }>();
  /** until when a tenant's word makes refusals count, in milliseconds since 1970 */
  private readonly givenUp = new Map<string, number>();
  private readonly unwritten = new Map<string, NewWave>();
  private writing: Promise<void> | undefined;

  constructor(private readonly parts: RefusalWavesParts) {}

  get domains(): string[] {
    return [...this.open.keys()];
  }

  isOpen(domainId: string): boolean {
    return this.open.has(domainId);
  }

  /** Whether something of this domain may be offered now: all of it in peace, one message now and then in a wave. */
  mayTry(domainId: string): boolean {
    const wave = this.open.get(domainId);
    return !wave || this.parts.clock.now() >= wave.tryAt;
  }

  /** One message is on its way. */
  tries(domainId: string): void {
    const wave = this.open.get(domainId);
    if (wave) wave.tryAt = this.nextTry();
  }

  /** The tenant said that what this primary refuses is refused. */
  isGivenUp(domainId: string): boolean {
    return (this.givenUp.get(domainId) ?? 0) > this.parts.clock.now();
  }

  begin(wave: NewWave): void {
    if (this.open.has(wave.domainId)) return;
    this.open.set(wave.domainId, { tryAt: this.nextTry() });
    this.unwritten.set(wave.domainId, wave);
    this.parts.onBegan(wave.domainId);
    void this.write();
  }

  /** The primary took mail of a domain that it had refused. */
  recovered(domainId: string): void {
    if (!this.open.has(domainId)) return;
    this.ended(domainId, 'recovered');
    endWave(this.parts.pool, { domainId, decision: 'recovered', by: 'the primary' }).catch((error: unknown) =>
      this.parts.log('failed', { while: 'ending a wave of refusals', domainId, error }),
    );
  }

  /** What the table told. */
  onNotice(domainId: string, decision: WaveDecision | null): void {
    if (decision === null) this.heardOf(domainId);
    else this.ended(domainId, decision);
  }

  /** Reads the table; after every connect to Postgres. */
  async read(): Promise<void> {
    await this.write();
    const { open, givenUp } = await readWaves(this.parts.pool, givenUpForHours);
    for (const { domainId, at } of givenUp) this.givenUp.set(domainId, at.getTime() + givenUpForHours * hour);
    for (const domainId of open) this.heardOf(domainId);
    const stillOpen = new Set(open);
    for (const domainId of this.domains)
      if (!stillOpen.has(domainId) && !this.unwritten.has(domainId)) this.ended(domainId, undefined);
  }

  private nextTry(): number {
    return this.parts.clock.now() + (this.parts.tryAgainMs ?? waveTryAgainMs);
  }

  private heardOf(domainId: string): void {
    if (this.open.has(domainId)) return;
    this.open.set(domainId, { tryAt: this.nextTry() });
    this.parts.onBegan(domainId);
  }

  private ended(domainId: string, decision: WaveDecision | undefined): void {
    if (decision === 'give-up') this.givenUp.set(domainId, this.parts.clock.now() + givenUpForHours * hour);
    if (decision === 'retry') this.givenUp.delete(domainId);
    this.unwritten.delete(domainId);
    if (this.open.delete(domainId)) this.parts.onEnded(domainId, decision);
  }

  /** Writes what was seen; what Postgres does not take stays, and is written when it is back. */
  private async write(): Promise<void> {
    this.writing ??= this.writeAll().finally(() => (this.writing = undefined));
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    for (const [domainId, wave] of this.unwritten) {
      try {
        await openWave(this.parts.pool, wave);
        this.unwritten.delete(domainId);
      } catch (error) {
        this.parts.log('failed', { while: 'writing a wave of refusals', domainId, error });
        return;
      }
    }
  }
}
