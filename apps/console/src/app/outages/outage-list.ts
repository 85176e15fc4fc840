import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { Outage } from '../http/contract';
import { keysetList } from '../http/keyset-list';
import { LiveStream } from '../http/live-stream';
import { MailState } from '../http/mail-state';
import { Clock } from '../ui/clock';
import { Empty, Faces, Rows } from '../ui/faces';
import { Mark } from '../ui/mark';
import { OutageBand } from '../ui/outage-band';
import { PageHead } from '../ui/page-head';
import { type StateSentence, notKnown } from '../ui/state-sentence';
import { outageMeaning } from '../ui/tones';
import { clockTime, count, exact, short, spoken } from '../ui/words-of-time';

/** Every outage with its band, its cause, and how long mail had to wait at most. */
@Component({
  selector: 'hf-outage-list',
  imports: [Empty, Faces, Mark, MatButton, OutageBand, PageHead, RouterLink, Rows],
  templateUrl: './outage-list.html',
  styleUrl: './outage-list.css',
  host: { class: 'page' },
})
export class OutageList {
  private readonly clock = inject(Clock);
  private readonly live = inject(LiveStream);
  private readonly mail = inject(MailState);
  /** From the address: only this domain's outages. */
  readonly domain = input<string>();

  protected readonly list = keysetList<Outage>({
    url: '/api/v1/outages',
    params: () =>
      ({ limit: '20', ...(this.domain() && { domain: this.domain() }) }) as Record<string, string>,
    idOf: (outage) => outage.id,
    hints: this.live.outageHints,
  });
  protected readonly meaningOf = outageMeaning;
  protected readonly sentence = computed((): StateSentence | undefined => {
    if (this.list.status() !== 'ready') return this.list.status() === 'failed' ? notKnown : undefined;
    const open = this.list.items().filter((outage) => !outage.endedAt);
    const rest = this.domain() ? ` These are the outages of ${this.domain()}.` : '';
    if (open.length > 0) {
      return {
        tone: 'holding',
        headline: `${count(open.length)} open ${open.length === 1 ? 'outage' : 'outages'}.`,
        rest: `Mail is held here until the server is back.${rest}`,
      };
    }
    const last = this.list.items().find((outage) => outage.endedAt)?.endedAt;
    return {
      tone: 'safe',
      headline: 'No open outage.',
      rest:
        (last
          ? `The last one ended ${spoken(this.clock.now() - Date.parse(last))} ago.`
          : 'None has been seen so far.') + rest,
    };
  });

  protected waiting(outage: Outage): number | undefined {
    const counts = this.mail.domains()?.find((domain) => domain.domain === outage.domain)?.counts;
    return counts && counts.held + counts.sending;
  }

  protected began(outage: Outage): string {
    return clockTime(Date.parse(outage.beganAt), this.clock.now());
  }

  protected exactly(outage: Outage): string {
    return exact(Date.parse(outage.beganAt));
  }

  protected lasted(outage: Outage): string {
    return short(
      (outage.endedAt ? Date.parse(outage.endedAt) : this.clock.now()) - Date.parse(outage.beganAt),
    );
  }

  /** Nothing that came in during the outage can have waited longer than from its begin until the last delivery. */
  protected longest(outage: Outage): string {
    if (!outage.drainedAt || outage.messagesHeld === 0) return '';
    return `No message waited longer than ${short(Date.parse(outage.drainedAt) - Date.parse(outage.beganAt))}.`;
  }
}
