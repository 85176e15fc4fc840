import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import type { Delivery, DeliveryDetail, LeverAction } from '../http/contract';
import { keepLast } from '../http/keep-last';
import { reloadOnHints } from '../http/keyset-list';
import { MailState } from '../http/mail-state';
import { LiveStream } from '../http/live-stream';
import { Clock } from '../ui/clock';
import { Trouble } from '../ui/trouble';
import { When } from '../ui/when';
import { bytes, clockTime, exact } from '../ui/words-of-time';
import { levers } from './lever-words';

const scanWords = {
  clean: 'clean',
  unscanned: 'not scanned yet; it is scanned before it is delivered',
  'not-scanned': 'not scanned, because scanning is off',
  spam: 'spam',
  infected: 'infected',
} as const;

/** The trail of one delivery: where it came from, what was found in it, every attempt with the primary's own words. */
@Component({
  selector: 'hf-message-trail',
  imports: [MatButton, MatIcon, Trouble, When],
  templateUrl: './message-trail.html',
  styleUrl: './message-trail.css',
})
export class MessageTrail {
  private readonly clock = inject(Clock);
  private readonly mail = inject(MailState);
  readonly delivery = input.required<Delivery>();
  readonly isBusy = input(false);
  readonly mayMove = input(true);
  readonly lever = output<LeverAction>();

  protected readonly reading = httpResource<DeliveryDetail>(
    () => `/api/v1/deliveries/${this.delivery().deliveryId}`,
  );
  private readonly kept = keepLast(this.reading);
  protected readonly detail = computed(() => {
    const detail = this.kept();
    return detail?.deliveryId === this.delivery().deliveryId ? detail : undefined;
  });
  /** The list may have heard of a change first; the row above and the trail must not contradict each other. */
  protected readonly now = computed(() => this.detail() ?? this.delivery());
  protected readonly levers = computed(() =>
    this.mayMove() ? levers.filter(({ fits }) => fits(this.now())) : [],
  );
  protected readonly isDiscarding = signal(false);

  protected readonly from = computed(() => {
    const message = this.detail()?.message;
    const client = [message?.clientName, message?.clientAddress && `[${message.clientAddress}]`]
      .filter(Boolean)
      .join(' ');
    return client || undefined;
  });
  protected readonly verdict = computed(() => {
    const message = this.detail()?.message;
    if (!message?.scan) return undefined;
    const score =
      message.score === null || message.score === undefined ? '' : `, score ${message.score.toFixed(1)}`;
    return scanWords[message.scan] + score;
  });
  /** While the server is away no clock decides: its first answer does. */
  protected readonly isServerAway = computed(
    () =>
      this.mail
        .domains()
        ?.some(({ domain, outage }) => domain === this.delivery().domain && outage !== null) ?? false,
  );
  protected readonly isDue = computed(() => Date.parse(this.now().nextAttemptAt ?? '') <= this.clock.now());
  protected readonly size = bytes;

  constructor() {
    reloadOnHints(inject(LiveStream).deliveryHints, () => this.reading.reload());
  }

  protected pull(action: LeverAction): void {
    if (action === 'discard' && !this.isDiscarding()) this.isDiscarding.set(true);
    else {
      this.isDiscarding.set(false);
      this.lever.emit(action);
    }
  }

  protected time(at: string): string {
    return clockTime(Date.parse(at), this.clock.now());
  }
  protected exactly(at: string): string {
    return exact(Date.parse(at));
  }
}
