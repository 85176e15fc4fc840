import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { MatButton } from '@angular/material/button';
import { MailState } from '../http/mail-state';
import { Session } from '../http/session';
import { Clock } from '../ui/clock';
import { Count } from '../ui/count';
import { Empty, Faces, Rows } from '../ui/faces';
import { Mark } from '../ui/mark';
import { OutageBand } from '../ui/outage-band';
import { OutageRow } from '../ui/outage-row';
import { PageHead } from '../ui/page-head';
import { notKnown, stateSentence } from '../ui/state-sentence';
import { domainMeaning } from '../ui/tones';
import { Trouble } from '../ui/trouble';
import { attention } from './attention';

/** The first page: is the mail safe, how much waits, since when, what comes next. */
@Component({
  selector: 'hf-overview',
  imports: [Count, Empty, Faces, Mark, MatButton, OutageBand, OutageRow, PageHead, RouterLink, Rows, Trouble],
  templateUrl: './overview.html',
  styleUrl: './overview.css',
  host: { class: 'page' },
})
export class Overview {
  protected readonly mail = inject(MailState);
  private readonly session = inject(Session);
  private readonly clock = inject(Clock);
  protected readonly meaningOf = domainMeaning;

  protected readonly sentence = computed(() => {
    const domains = this.mail.domains();
    const outages = this.mail.outages();
    if (!domains || !outages) return this.mail.failure() ? notKnown : undefined;
    return stateSentence({ domains, outages, now: this.clock.now(), isOperator: this.session.isOperator() });
  });
  protected readonly open = computed(
    () => this.mail.outages()?.filter((outage) => !outage.endedAt || !outage.drainedAt) ?? [],
  );
  protected readonly past = computed(
    () =>
      this.mail
        .outages()
        ?.filter((outage) => outage.endedAt && outage.drainedAt)
        .slice(0, 5) ?? [],
  );
  protected readonly attention = computed(() => attention(this.mail.domains() ?? []));

  protected waiting(domain: string): number | undefined {
    const counts = this.mail.domains()?.find((candidate) => candidate.domain === domain)?.counts;
    return counts && counts.held + counts.sending;
  }
}
