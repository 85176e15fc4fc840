import { Component, computed, input } from '@angular/core';
import type { Tone } from './tones';

/**
 * A state as shape and word. The shapes differ without colour too: a full disc is safe, a half-filled one is holding, a
 * diamond wants a person, an empty ring is not known.
 */
@Component({
  selector: 'hf-mark',
  template: `
    <svg viewBox="0 0 12 12" aria-hidden="true">
      @switch (tone()) {
        @case ('safe') {
          <circle cx="6" cy="6" r="5" fill="currentColor" />
        }
        @case ('holding') {
          <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path d="M1.75 6a4.25 4.25 0 0 0 8.5 0z" fill="currentColor" />
        }
        @case ('trouble') {
          <path d="M6 .2 11.8 6 6 11.8.2 6z" fill="currentColor" />
        }
        @default {
          <circle
            cx="6"
            cy="6"
            r="4.25"
            fill="none"
            stroke="currentColor"
            stroke-width="1.5"
            stroke-dasharray="2.2 2.2"
          />
        }
      }
    </svg>
    @if (word()) {
      <span class="cut">{{ word() }}</span>
    }
  `,
  host: { '[class]': 'tone()' },
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 0.5rem;
      min-inline-size: 0;
      white-space: nowrap;
    }
    svg {
      inline-size: var(--size, 0.75rem);
      block-size: var(--size, 0.75rem);
      flex: none;
    }
    :host(.safe) svg {
      color: var(--safe-mark);
    }
    :host(.holding) svg {
      color: var(--holding-mark);
    }
    :host(.trouble) svg {
      color: var(--trouble-mark);
    }
    :host(.unknown) svg {
      color: var(--unknown-mark);
    }
  `,
})
export class Mark {
  readonly state = input.required<{ tone: Tone; word?: string }>();
  protected readonly tone = computed(() => this.state().tone);
  protected readonly word = computed(() => this.state().word);
}
