import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { MailState } from '../http/mail-state';
import { Session } from '../http/session';
import { Count } from '../ui/count';
import { Empty, Faces, Rows } from '../ui/faces';
import { Mark } from '../ui/mark';
import { PageHead } from '../ui/page-head';
import { type StateSentence, notKnown } from '../ui/state-sentence';
import { domainMeaning } from '../ui/tones';
import { count } from '../ui/words-of-time';

/** All domains: how each stands, where its mail belongs, how much of it we hold. */
@Component({
  selector: 'hf-domain-list',
  imports: [Count, Empty, Faces, Mark, MatButton, MatIcon, PageHead, RouterLink, Rows],
  templateUrl: './domain-list.html',
  styleUrl: './domain-list.css',
  host: { class: 'page' },
})
export class DomainList {
  protected readonly mail = inject(MailState);
  protected readonly session = inject(Session);
  protected readonly meaningOf = domainMeaning;
  protected readonly domains = computed(() => this.mail.domains() ?? []);
  protected readonly sentence = computed((): StateSentence | undefined => {
    const domains = this.mail.domains();
    if (!domains) return this.mail.failure() ? notKnown : undefined;
    const down = domains.filter((domain) => domain.outage);
    const [only] = down;
    if (domains.length === 0)
      return {
        tone: 'unknown',
        headline: 'No domain yet.',
        rest: 'Each one that you add is safe when its server is away.',
      };
    const headline = `${count(domains.length)} ${domains.length === 1 ? 'domain' : 'domains'}.`;
    if (down.length === 0) return { tone: 'safe', headline, rest: 'No outage is open.' };
    const rest =
      down.length === 1 && only
        ? `${only.domain} does not answer; its mail is held here.`
        : `${count(down.length)} of them do not answer; their mail is held here.`;
    return { tone: 'holding', headline, rest };
  });
}
