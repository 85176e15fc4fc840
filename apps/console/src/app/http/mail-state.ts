import { httpResource } from '@angular/common/http';
import { Injectable, computed, inject } from '@angular/core';
import type { Domain, Outage, Page } from './contract';
import { keepLast } from './keep-last';
import { reloadOnHints } from './keyset-list';
import { LiveStream } from './live-stream';

/** More domains than this are looked up on the domains page, not summed up in a sentence. */
const most = '200';

/**
 * How the mail stands: domains with their counts, and the latest outages. Read once, then moved by the stream. The
 * overview, the domain pages and the title of the window all look here, so that they never disagree.
 */
@Injectable({ providedIn: 'root' })
export class MailState {
  private readonly live = inject(LiveStream);
  private readonly domainPage = httpResource<Page<Domain>>(() => ({
    url: '/api/v1/domains',
    params: { limit: most },
  }));
  private readonly outagePage = httpResource<Page<Outage>>(() => ({
    url: '/api/v1/outages',
    params: { limit: '20' },
  }));
  private readonly lastDomains = keepLast(this.domainPage);
  private readonly lastOutages = keepLast(this.outagePage);

  /** Undefined until they were read for the first time. Counts are those of the stream where it has newer ones. */
  readonly domains = computed(() => {
    const counts = this.live.counts();
    return this.lastDomains()?.items.map((domain) => {
      const newer = counts[domain.id];
      return newer ? { ...domain, counts: { ...domain.counts, ...newer } } : domain;
    });
  });
  readonly outages = computed(() => this.lastOutages()?.items);
  readonly held = computed(
    () => this.domains()?.reduce((sum, { counts }) => sum + counts.held + counts.sending, 0) ?? 0,
  );
  readonly failure = computed(() => this.domainPage.error() ?? this.outagePage.error());

  constructor() {
    reloadOnHints(this.live.outageHints, () => this.reload());
  }

  reload(): void {
    this.domainPage.reload();
    this.outagePage.reload();
  }
}
