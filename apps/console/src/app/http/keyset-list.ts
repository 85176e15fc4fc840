import { HttpClient, httpResource } from '@angular/common/http';
import {
  DestroyRef,
  type Signal,
  computed,
  effect,
  inject,
  linkedSignal,
  signal,
  untracked,
} from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { Page } from './contract';

/** What a list has loaded so far, newest first. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  /** How many new items wait to be shown, because showing them now would move what a person is reading. */
  readonly waiting: number;
}

export interface KeysetList<T> {
  readonly items: Signal<readonly T[]>;
  readonly waiting: Signal<number>;
  readonly hasMore: Signal<boolean>;
  readonly status: Signal<ListStatus>;
  readonly failure: Signal<unknown>;
  readonly isLoadingMore: Signal<boolean>;
  more(): Promise<void>;
  reload(): void;
  showWaiting(): void;
}

export type ListStatus = 'loading' | 'ready' | 'failed';

/**
 * A list that is read page by page with a cursor and stays fresh at its top: when `hints` moves, its first page is read
 * again and laid over what is shown, at most once a second. While `isStill` says that a person is at work in it (a row is
 * open, rows are selected) nothing moves: rows change in place and new ones wait.
 */
export function keysetList<T>(options: {
  url: string;
  params: () => Record<string, string>;
  idOf: (item: T) => string;
  hints: Signal<number>;
  isStill?: () => boolean;
}): KeysetList<T> {
  const http = inject(HttpClient);
  const first = httpResource<Page<T>>(() => ({ url: options.url, params: options.params() }));
  const isStill = options.isStill ?? (() => false);
  const loadingMore = signal(false);
  const moreFailure = signal<unknown>(undefined);

  // A changed filter is another list: what was shown before belongs to the old one.
  const key = computed(() => JSON.stringify(options.params()));
  const listed = linkedSignal<
    { key: string; page: Page<T> | undefined },
    { key: string; listed: Listed<T> | undefined }
  >({
    source: () => ({ key: key(), page: first.hasValue() ? first.value() : undefined }),
    computation: ({ key: now, page }, previous) => {
      const shown = previous?.value.key === now ? previous.value.listed : undefined;
      if (!page) return { key: now, listed: shown };
      return {
        key: now,
        listed: shown ? layOver(shown, page, options.idOf, untracked(isStill)) : { ...page, waiting: 0 },
      };
    },
  });

  reloadOnHints(options.hints, () => first.reload());

  return {
    items: computed(() => listed().listed?.items ?? []),
    waiting: computed(() => listed().listed?.waiting ?? 0),
    hasMore: computed(() => (listed().listed?.next ?? null) !== null),
    status: computed(() => (listed().listed ? 'ready' : first.error() ? 'failed' : 'loading')),
    failure: computed(() => first.error() ?? moreFailure()),
    isLoadingMore: loadingMore.asReadonly(),
    async more() {
      const { key: asked, listed: shown } = listed();
      if (!shown?.next || loadingMore()) return;
      loadingMore.set(true);
      try {
        const page = await firstValueFrom(
          http.get<Page<T>>(options.url, { params: { ...options.params(), after: shown.next } }),
        );
        moreFailure.set(undefined);
        listed.update((now) =>
          now.key === asked && now.listed
            ? {
                key: asked,
                listed: { ...now.listed, items: [...now.listed.items, ...page.items], next: page.next },
              }
            : now,
        );
      } catch (failure) {
        moreFailure.set(failure);
      } finally {
        loadingMore.set(false);
      }
    },
    reload: () => void first.reload(),
    showWaiting() {
      const page = first.hasValue() ? first.value() : undefined;
      listed.update((now) =>
        page && now.listed ? { ...now, listed: layOver(now.listed, page, options.idOf, false) } : now,
      );
    },
  };
}

/** Lays a fresh first page over what is shown. */
export function layOver<T>(
  shown: Listed<T>,
  page: Page<T>,
  idOf: (item: T) => string,
  isStill: boolean,
): Listed<T> {
  if (isStill) {
    const fresh = new Map(page.items.map((item) => [idOf(item), item]));
    const known = new Set(shown.items.map(idOf));
    return {
      items: shown.items.map((item) => fresh.get(idOf(item)) ?? item),
      next: shown.next,
      waiting: page.items.filter((item) => !known.has(idOf(item))).length,
    };
  }
  const last = page.items.at(-1);
  const seam = last && page.next !== null ? shown.items.findIndex((item) => idOf(item) === idOf(last)) : -1;
  const tail = seam < 0 ? [] : shown.items.slice(seam + 1);
  return { items: [...page.items, ...tail], next: tail.length > 0 ? shown.next : page.next, waiting: 0 };
}

/** A drain sends hints by the dozen; one read a second shows it just as well and leaves the api in peace. */
const readEveryMs = 1_000;

/** Calls `reload` when `hints` moves: at once the first time, then at most once a second. */
export function reloadOnHints(hints: Signal<number>, reload: () => void): void {
  let seen = untracked(hints);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDirty = false;
  inject(DestroyRef).onDestroy(() => clearTimeout(timer));
  const rest = (): void => {
    timer = undefined;
    if (!isDirty) return;
    isDirty = false;
    go();
  };
  const go = (): void => {
    timer = setTimeout(rest, readEveryMs);
    reload();
  };
  effect(() => {
    const now = hints();
    if (now !== seen) {
      seen = now;
      if (timer) isDirty = true;
      else untracked(go);
    }
  });
}
