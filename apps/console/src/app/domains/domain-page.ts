import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import type { Delivery, Domain, Outage, Page } from '../http/contract';
import { whatWentWrong } from '../http/failure';
import { keepLast } from '../http/keep-last';
import { reloadOnHints } from '../http/keyset-list';
import { Levers } from '../http/levers';
import { LiveStream } from '../http/live-stream';
import { Session } from '../http/session';
import { Clock } from '../ui/clock';
import { Count } from '../ui/count';
import { Empty, Faces, Rows } from '../ui/faces';
import { Mark } from '../ui/mark';
import { OutageBand } from '../ui/outage-band';
import { OutageRow } from '../ui/outage-row';
import { PageHead } from '../ui/page-head';
import { stateSentence } from '../ui/state-sentence';
import { deliveryMeaning } from '../ui/tones';
import { Trouble } from '../ui/trouble';
import { When } from '../ui/when';
import { bytes, messages } from '../ui/words-of-time';

/** One domain: its sentence, its servers, its numbers, its outages, its last messages. */
@Component({
  selector: 'hf-domain-page',
  imports: [
    Count,
    Empty,
    Faces,
    Mark,
    MatButton,
    MatIcon,
    OutageBand,
    OutageRow,
    PageHead,
    RouterLink,
    Rows,
    Trouble,
    When,
  ],
  templateUrl: './domain-page.html',
  styleUrl: './domain-page.css',
  host: { class: 'page' },
})
export class DomainPage {
  private readonly live = inject(LiveStream);
  private readonly clock = inject(Clock);
  private readonly levers = inject(Levers);
  protected readonly session = inject(Session);
  /** From the address: the domain's name. */
  readonly name = input.required<string>();

  protected readonly reading = httpResource<Domain>(
    () => `/api/v1/domains/${encodeURIComponent(this.name())}`,
  );
  protected readonly outageReading = httpResource<Page<Outage>>(() => ({
    url: '/api/v1/outages',
    params: { domain: this.name(), limit: '6' },
  }));
  protected readonly deliveryReading = httpResource<Page<Delivery>>(() => ({
    url: '/api/v1/deliveries',
    params: { domain: this.name(), limit: '8' },
  }));
  private readonly lastDomain = keepLast(this.reading);
  private readonly lastOutages = keepLast(this.outageReading);
  private readonly lastDeliveries = keepLast(this.deliveryReading);

  protected readonly domain = computed(() => {
    const domain = this.lastDomain();
    const newer = domain && this.live.counts()[domain.id];
    return domain && newer ? { ...domain, counts: { ...domain.counts, ...newer } } : domain;
  });
  protected readonly outages = computed(() => this.lastOutages()?.items ?? []);
  protected readonly open = computed(() =>
    this.outages().filter((outage) => !outage.endedAt || !outage.drainedAt),
  );
  protected readonly past = computed(() =>
    this.outages().filter((outage) => outage.endedAt && outage.drainedAt),
  );
  protected readonly deliveries = computed(() => this.lastDeliveries()?.items);
  protected readonly sentence = computed(() => {
    const domain = this.domain();
    return domain && stateSentence({ domains: [domain], outages: this.outages(), now: this.clock.now() });
  });
  protected readonly waiting = computed(() => {
    const counts = this.domain()?.counts;
    return counts ? counts.held + counts.sending : 0;
  });
  protected readonly meaningOf = deliveryMeaning;
  protected readonly size = bytes;
  protected readonly said = signal('');

  protected readonly tlsWords = {
    none: 'without TLS',
    opportunistic: 'TLS when it offers it',
    required: 'only with TLS',
    dane: 'only with TLS, proven by DANE',
    'mta-sts': 'with TLS as your MTA-STS policy says',
    pinned: 'only with TLS and the pinned key',
  } as const;
  protected readonly recipientWords = {
    any: 'every address is accepted',
    list: 'only addresses on your list are accepted',
    'call-ahead': 'your server is asked which addresses exist',
  } as const;

  constructor() {
    reloadOnHints(this.live.outageHints, () => {
      this.reading.reload();
      this.outageReading.reload();
    });
    reloadOnHints(this.live.deliveryHints, () => this.deliveryReading.reload());
    effect(() => {
      this.name();
      this.said.set('');
    });
  }

  protected async retryAll(): Promise<void> {
    try {
      const changed = await this.levers.pullAll('retry', this.name());
      this.said.set(
        changed === 0 ? 'Nothing waits for a later try.' : `${messages(changed)} will be tried now.`,
      );
    } catch (failure) {
      const { happened, safe } = whatWentWrong(failure);
      this.said.set(`${happened} ${safe}`);
    }
  }
}
