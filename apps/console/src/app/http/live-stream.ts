import { DOCUMENT, Injectable, InjectionToken, inject, signal } from '@angular/core';
import type { Counts } from './contract';
import { type ServerEvent, readEvents } from './read-events';

/** How a stream is opened; a spec gives its own. */
export const OPEN_STREAM = new InjectionToken<typeof fetch>('OPEN_STREAM', {
  providedIn: 'root',
  factory: () => (input, init) => fetch(input, init),
});

export type Connection = 'off' | 'connecting' | 'live' | 'stale';

/** The server says something every 15 s; twice that and a little is silence, not delay. */
export const silenceMs = 35_000;
/** A break shorter than this is healed before a person could read the banner. */
export const graceMs = 2_000;
/** A hidden tab gives its connection back after this long: a browser has six to share among all our tabs. */
const hiddenMs = 60_000;
const pausesMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * The one live connection of a session. It opens `/api/v1/stream`, resumes where it broke off, notices silence, and says
 * when what we show has grown stale. Each signal counts hints of one kind; whoever shows such a list reloads its first
 * page when the number moves. After a break all of them move, because hints may have been missed.
 */
@Injectable({ providedIn: 'root' })
export class LiveStream {
  private readonly openStream = inject(OPEN_STREAM);
  private readonly document = inject(DOCUMENT);

  readonly connection = signal<Connection>('off');
  /** When we last heard from the server; what is shown is at least as fresh as this. */
  readonly heardAt = signal(new Date());
  readonly counts = signal<Readonly<Record<string, Counts>>>({});
  readonly deliveryHints = signal(0);
  readonly outageHints = signal(0);
  readonly notificationHints = signal(0);
  readonly isSignedOut = signal(false);

  private line: AbortController | undefined;
  private wake: (() => void) | undefined;
  private isWanted = false;
  private hasBeenLive = false;
  private run = 0;
  private lastEventId: string | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private grace: ReturnType<typeof setTimeout> | undefined;
  private hidden: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    if (this.isWanted) return;
    this.isWanted = true;
    this.document.addEventListener('visibilitychange', this.seen);
    this.document.defaultView?.addEventListener('online', this.reconnectNow);
    void this.keepOpen(++this.run);
  }

  stop(): void {
    this.isWanted = false;
    this.run++;
    this.document.removeEventListener('visibilitychange', this.seen);
    this.document.defaultView?.removeEventListener('online', this.reconnectNow);
    for (const timer of [this.silence, this.grace, this.hidden]) clearTimeout(timer);
    this.grace = undefined;
    this.connection.set('off');
    this.line?.abort();
    this.wake?.();
  }

  private async keepOpen(run: number): Promise<void> {
    this.connection.set('connecting');
    let failures = 0;
    while (run === this.run) {
      const line = new AbortController();
      this.line = line;
      try {
        this.watchSilence();
        const response = await this.openStream('/api/v1/stream', {
          headers: {
            accept: 'text/event-stream',
            ...(this.lastEventId && { 'last-event-id': this.lastEventId }),
          },
          credentials: 'same-origin',
          cache: 'no-store',
          signal: line.signal,
        });
        if (response.status === 401) {
          this.isSignedOut.set(true);
          this.stop();
          return;
        }
        if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
        failures = 0;
        this.hear();
        if (this.hasBeenLive) this.hintAll();
        this.hasBeenLive = true;
        for await (const event of readEvents(response.body)) {
          this.hear();
          this.take(event);
        }
      } catch {
        // Whatever broke the line, the answer is the same: say so when it lasts, and try again.
      }
      if (run !== this.run) return;
      clearTimeout(this.silence);
      this.breakOff();
      await this.pause(pausesMs[Math.min(failures++, pausesMs.length - 1)] ?? 15_000);
    }
  }

  private take(event: ServerEvent): void {
    if (event.kind === 'heartbeat') return;
    if (event.id) this.lastEventId = event.id;
    if (event.name === 'counts') {
      this.counts.update((known) => ({ ...known, ...(JSON.parse(event.data) as Record<string, Counts>) }));
    } else if (event.name === 'delivery') this.deliveryHints.update((n) => n + 1);
    else if (event.name === 'outage') this.outageHints.update((n) => n + 1);
    else if (event.name === 'notification') this.notificationHints.update((n) => n + 1);
  }

  private hear(): void {
    this.heardAt.set(new Date());
    this.connection.set('live');
    clearTimeout(this.grace);
    this.grace = undefined;
    this.watchSilence();
  }

  private hintAll(): void {
    for (const hints of [this.deliveryHints, this.outageHints, this.notificationHints])
      hints.update((n) => n + 1);
  }

  private watchSilence(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.line?.abort(), silenceMs);
  }

  private breakOff(): void {
    if (this.connection() === 'stale' || this.grace) return;
    this.grace = setTimeout(() => this.connection.set('stale'), graceMs);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake?.(), ms);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }

  /** After sleep, or when the network is back, waiting out the pause would only show old numbers for longer. */
  private readonly reconnectNow = (): void => {
    if (this.wake) this.wake();
    else if (Date.now() - this.heardAt().getTime() > silenceMs / 2) this.line?.abort();
  };

  private readonly seen = (): void => {
    clearTimeout(this.hidden);
    if (this.document.visibilityState === 'visible') {
      if (this.isWanted) this.reconnectNow();
      else if (this.connection() === 'off') this.start();
    } else {
      this.hidden = setTimeout(() => this.rest(), hiddenMs);
    }
  };

  private rest(): void {
    this.stop();
    // Only the wish to be woken stays.
    this.document.addEventListener('visibilitychange', this.seen);
  }
}
