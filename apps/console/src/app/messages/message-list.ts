import {
  Component,
  ElementRef,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import { MatIcon } from '@angular/material/icon';
import { Router, RouterLink } from '@angular/router';
import type { Delivery, DeliveryState, LeverAction } from '../http/contract';
import { whatWentWrong } from '../http/failure';
import { keysetList } from '../http/keyset-list';
import { Levers } from '../http/levers';
import { LiveStream } from '../http/live-stream';
import { MailState } from '../http/mail-state';
import { Session } from '../http/session';
import { Empty, Faces, Rows } from '../ui/faces';
import { Mark } from '../ui/mark';
import { PageHead } from '../ui/page-head';
import { type StateSentence, notKnown } from '../ui/state-sentence';
import { deliveryMeaning, deliveryStates } from '../ui/tones';
import { When } from '../ui/when';
import { bytes, count, messages } from '../ui/words-of-time';
import { BulkBar } from './bulk-bar';
import { filtersFrom, paramsOf, queryOf } from './filters';
import { donePhrase } from './lever-words';
import { MessageTrail } from './message-trail';
import { ShortcutHelp } from './shortcut-help';

/** All messages, newest first; each opens in place to its trail. The filters and the open row stand in the address. */
@Component({
  selector: 'hf-message-list',
  imports: [
    BulkBar,
    Empty,
    Faces,
    Mark,
    MatButton,
    MatCheckbox,
    MatIcon,
    MatIconButton,
    MessageTrail,
    PageHead,
    RouterLink,
    Rows,
    ShortcutHelp,
    When,
  ],
  templateUrl: './message-list.html',
  styleUrl: './message-list.css',
  host: { class: 'page', '(document:keydown)': 'key($event)' },
})
export class MessageList {
  private readonly router = inject(Router);
  private readonly levers = inject(Levers);
  private readonly live = inject(LiveStream);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  protected readonly mail = inject(MailState);
  protected readonly session = inject(Session);
  /** Where the keyboard was last, for when focus was elsewhere in between. */
  private lastRow: string | undefined;
  private readonly help = viewChild.required(ShortcutHelp);

  readonly domain = input<string>();
  readonly state = input<string>();
  /** The delivery whose trail is open. */
  readonly open = input<string>();

  protected readonly filters = computed(() => filtersFrom({ domain: this.domain(), state: this.state() }));
  private readonly filterKey = computed(() => JSON.stringify(this.filters()));
  /** Chosen rows by their id; another filter lets go of them, so that nobody acts on what is out of sight. */
  protected readonly chosen = linkedSignal<string, ReadonlyMap<string, Delivery>>({
    source: this.filterKey,
    computation: () => new Map(),
  });
  protected readonly said = signal('');
  protected readonly isBusy = signal(false);

  protected readonly list = keysetList<Delivery>({
    url: '/api/v1/deliveries',
    params: () => paramsOf(this.filters()),
    idOf: (delivery) => delivery.deliveryId,
    hints: this.live.deliveryHints,
    isStill: () => this.chosen().size > 0 || this.open() !== undefined,
  });

  protected readonly states = deliveryStates;
  protected readonly meaningOf = deliveryMeaning;
  protected readonly size = bytes;
  protected readonly domains = computed(() => this.mail.domains()?.map((domain) => domain.domain) ?? []);
  /** A domain from the address that is not among ours is still shown as chosen: the filter must not hide itself. */
  protected readonly choices = computed(() => {
    const { domain } = this.filters();
    return domain && !this.domains().includes(domain) ? [domain, ...this.domains()] : this.domains();
  });

  private readonly counts = computed(() => {
    const { domain } = this.filters();
    return this.mail
      .domains()
      ?.filter((candidate) => !domain || candidate.domain === domain)
      .map((candidate) => candidate.counts);
  });
  protected readonly sentence = computed((): StateSentence | undefined => {
    const all = this.counts();
    if (!all) return this.mail.failure() ? notKnown : undefined;
    const sum = (key: DeliveryState): number => all.reduce((total, counts) => total + counts[key], 0);
    const held = sum('held') + sum('sending');
    const delivered = `${messages(sum('delivered'))} delivered so far.`;
    if (held === 0) return { tone: 'safe', headline: 'Nothing is waiting.', rest: delivered };
    return {
      tone: 'holding',
      headline: `${messages(held)} held.`,
      rest: `${held === 1 ? 'It is' : 'They are'} safe here; ${count(sum('delivered'))} delivered so far.`,
    };
  });

  constructor() {
    // An open trail that the list does not show yet (a link from elsewhere) is read first of all; see the template.
    effect(() => {
      this.filterKey();
      untracked(() => this.said.set(''));
    });
  }

  protected queryFor(state: DeliveryState | undefined): Record<string, string | null> {
    return { ...queryOf({ ...this.filters(), state }), open: null };
  }

  protected chooseDomain(domain: string): void {
    void this.router.navigate([], {
      queryParams: { ...queryOf({ ...this.filters(), domain: domain || undefined }), open: null },
    });
  }

  protected toggle(id: string): void {
    const open = this.open() === id ? null : id;
    void this.router.navigate([], { queryParams: { open }, queryParamsHandling: 'merge', replaceUrl: true });
  }

  protected choose(delivery: Delivery): void {
    this.chosen.update((chosen) => {
      const next = new Map(chosen);
      if (!next.delete(delivery.deliveryId)) next.set(delivery.deliveryId, delivery);
      return next;
    });
  }

  protected letGo(): void {
    this.chosen.set(new Map());
  }

  protected async pull(action: LeverAction, deliveries: readonly Delivery[]): Promise<void> {
    this.isBusy.set(true);
    try {
      const changed = await this.levers.pull(
        action,
        deliveries.map((delivery) => delivery.deliveryId),
      );
      this.said.set(donePhrase(action, changed));
      this.letGo();
      this.list.reload();
    } catch (failure) {
      const { happened, safe } = whatWentWrong(failure);
      this.said.set(`${happened} ${safe}`);
    } finally {
      this.isBusy.set(false);
    }
  }

  protected key(event: KeyboardEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : undefined;
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      target?.closest('input:not([type=checkbox]), select, textarea, dialog, [role=menu]')
    )
      return;
    if (event.key === '?') this.help().show();
    else if (event.key === 'j') this.walk(1);
    else if (event.key === 'k') this.walk(-1);
    else if (event.key === 'Escape' && this.chosen().size > 0) this.letGo();
    else if (event.key === 'x' && this.session.mayMoveMessages()) {
      const id = target?.closest<HTMLElement>('[data-id]')?.dataset['id'];
      const delivery = this.list.items().find((item) => item.deliveryId === id);
      if (delivery) this.choose(delivery);
    } else return;
    event.preventDefault();
  }

  private walk(step: 1 | -1): void {
    const rows = [...this.host.nativeElement.querySelectorAll<HTMLElement>('.opens')];
    const here = document.activeElement?.closest<HTMLElement>('[data-id]')?.dataset['id'] ?? this.lastRow;
    const at = rows.findIndex((row) => row.closest<HTMLElement>('[data-id]')?.dataset['id'] === here);
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
    this.lastRow = next?.closest<HTMLElement>('[data-id]')?.dataset['id'];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  }
}
