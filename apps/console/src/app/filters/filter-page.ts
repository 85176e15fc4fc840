import { HttpClient, httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, signal } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Router } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import type { Filter, FilterRule, Page, Tenant } from '../http/contract';
import { fieldProblems, whatWentWrong } from '../http/failure';
import { keepLast } from '../http/keep-last';
import { reloadOnHints } from '../http/keyset-list';
import { LiveStream } from '../http/live-stream';
import { Session } from '../http/session';
import { Empty, Faces, Rows } from '../ui/faces';
import { PageHead } from '../ui/page-head';
import { Trouble } from '../ui/trouble';
import { When } from '../ui/when';
import { bytes, count } from '../ui/words-of-time';
import { choiceWords, fill, filterSentence, kindWords, type Kind } from './filter-words';

/** What becomes of mail that looks bad, whom a tenant allows or blocks, and how much it may have here. */
@Component({
  selector: 'hf-filter-page',
  imports: [Empty, Faces, MatButton, MatIcon, MatIconButton, PageHead, Rows, Trouble, When],
  templateUrl: './filter-page.html',
  styleUrl: './filter-page.css',
  host: { class: 'page' },
})
export class FilterPage {
  private readonly http = inject(HttpClient);
  private readonly router = inject(Router);
  protected readonly session = inject(Session);
  /** From the address: whose filter; without it, the first that one may see. */
  readonly tenant = input<string>();

  private readonly listReading = httpResource<Page<Tenant>>(() => '/api/v1/tenants?limit=500');
  private readonly lastList = keepLast(this.listReading);
  protected readonly tenants = computed(() => this.lastList()?.items ?? []);
  /** The name to show: never another one in its place, because what is changed here would be theirs. */
  private readonly name = computed(() => this.tenant() ?? this.tenants()[0]?.name);
  protected readonly tenantReading = httpResource<Tenant>(() => {
    const name = this.name();
    return name === undefined ? undefined : `/api/v1/tenants/${encodeURIComponent(name)}`;
  });
  private readonly lastTenant = keepLast(this.tenantReading);
  protected readonly shown = computed(() => {
    const tenant = this.lastTenant();
    return tenant?.name === this.name() ? tenant : undefined;
  });
  protected readonly failure = computed(() => this.tenantReading.error() ?? this.listReading.error());
  private readonly base = computed(() => {
    const shown = this.shown();
    return shown && `/api/v1/tenants/${shown.id}/filter`;
  });

  protected readonly reading = httpResource<Filter>(() => this.base());
  private readonly lastFilter = keepLast(this.reading);
  protected readonly filter = computed(() => {
    const filter = this.lastFilter();
    return filter?.tenant === this.shown()?.name ? filter : undefined;
  });
  protected readonly ruleReading = httpResource<Page<FilterRule>>(() => {
    const base = this.base();
    return base && `${base}/rules?limit=500`;
  });
  private readonly page = computed(() =>
    this.ruleReading.hasValue() ? this.ruleReading.value() : undefined,
  );
  protected readonly rules = computed(() => this.page()?.items ?? []);
  protected readonly hasMoreRules = computed(() => (this.page()?.next ?? null) !== null);

  protected readonly sentence = computed(() => {
    const filter = this.filter();
    return filter && filterSentence(filter);
  });
  /** How much of the room is used; the words carry the meaning, the bar only shows it. */
  protected readonly room = computed(() => {
    const shown = this.shown();
    if (!shown) return [];
    const { held, limits } = shown;
    return [
      { label: 'Held messages', ...fill(held.messages, limits.maxHeldMessages, count) },
      { label: 'Their size', ...fill(held.bytes, limits.maxHeldBytes, bytes) },
    ];
  });
  protected readonly limits = computed(() => {
    const limits = this.shown()?.limits;
    const atMost = (value: number | null, word: (n: number) => string): string =>
      value === null ? 'no limit' : `${word(value)} at most`;
    return limits
      ? [
          ['One message', atMost(limits.maxMessageBytes, bytes)],
          ['Recipients of a message', atMost(limits.maxRecipientsPerMessage, count)],
          ['Messages an hour for a domain', atMost(limits.maxMessagesPerHour, count)],
          ['A message may wait', `${limits.retentionDays} days`],
        ]
      : [];
  });
  protected readonly kinds = kindWords;
  protected readonly words = choiceWords;
  protected readonly mayChange = this.session.mayChangeDomains;
  protected readonly said = signal('');
  protected readonly refusal = signal('');

  constructor() {
    // What is held moves while one looks.
    reloadOnHints(inject(LiveStream).deliveryHints, () => this.tenantReading.reload());
    effect(() => {
      this.tenant();
      this.said.set('');
      this.refusal.set('');
    });
  }

  protected again(): void {
    this.listReading.reload();
    this.tenantReading.reload();
  }

  protected show(tenant: string): void {
    void this.router.navigate([], { queryParams: { tenant } });
  }

  protected async choose(kind: Kind, choice: string): Promise<void> {
    const base = this.base();
    if (!base) return;
    try {
      this.reading.set(await firstValueFrom(this.http.patch<Filter>(base, { [kind]: choice })));
      this.said.set('Saved. Port 25 goes by it within a second.');
    } catch (failure) {
      const { happened, safe } = whatWentWrong(failure);
      this.said.set(`${happened} ${safe}`);
      // The select shows what the person wanted; what is in force stands in the answer.
      this.reading.reload();
    }
  }

  /** Adds patterns to a list, or takes one out of both; several are separated by spaces or commas. */
  protected async rule(verb: 'allow' | 'block' | 'forget', text: string): Promise<boolean> {
    const base = this.base();
    const patterns = text.split(/[\s,;]+/).filter(Boolean);
    if (!base || patterns.length === 0) return false;
    this.refusal.set('');
    try {
      await firstValueFrom(this.http.post(`${base}/rules`, { [verb]: patterns }));
      this.ruleReading.reload();
      this.reading.reload();
      return true;
    } catch (failure) {
      const wrong = [...fieldProblems(failure)].map(([field, message]) => {
        const index = /\[(\d+)\]$/.exec(field)?.[1];
        return `${index === undefined ? 'The list' : `“${patterns[Number(index)]}”`} ${message}.`;
      });
      this.refusal.set(wrong.join(' ') || whatWentWrong(failure).happened);
      return false;
    }
  }
}
