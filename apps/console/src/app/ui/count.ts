import {
  Component,
  DOCUMENT,
  DestroyRef,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
} from '@angular/core';
import { count } from './words-of-time';

const motionMs = 180;

/** A number that walks to its next value instead of jumping, so that a glance sees in which direction it went. */
@Component({ selector: 'hf-count', template: '{{ text() }}' })
export class Count {
  readonly value = input.required<number>();
  private readonly shown = signal<number | undefined>(undefined);
  protected readonly text = computed(() => count(Math.round(this.shown() ?? this.value())));

  constructor() {
    const window = inject(DOCUMENT).defaultView;
    let frame = 0;
    inject(DestroyRef).onDestroy(() => window?.cancelAnimationFrame(frame));
    effect(() => {
      const to = this.value();
      const from = untracked(this.shown);
      const isCalm = window?.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? true;
      if (!window || from === undefined || isCalm) return this.shown.set(to);
      const began = performance.now();
      const step = (now: number): void => {
        const done = Math.min(1, (now - began) / motionMs);
        this.shown.set(from + (to - from) * done);
        if (done < 1) frame = window.requestAnimationFrame(step);
      };
      window.cancelAnimationFrame(frame);
      frame = window.requestAnimationFrame(step);
    });
  }
}
