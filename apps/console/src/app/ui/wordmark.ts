import { Component } from '@angular/core';

/** Our name and our mark: a stem of kelp, and the roots by which it holds the rock. */
@Component({
  selector: 'hf-wordmark',
  template: `
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 3c-3 4 3 7 0 12M16 15c0 6-4 7-10 13M16 15c0 6 4 7 10 13M16 15v14" />
    </svg>
    <span>Holdfast</span>
  `,
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 0.5rem;
      font-weight: var(--strong);
      font-size: var(--title);
      letter-spacing: -0.01em;
      color: var(--ink);
    }
    svg {
      inline-size: 1.5rem;
      block-size: 1.5rem;
      fill: none;
      stroke: var(--safe-mark);
      stroke-width: 2.75;
      stroke-linecap: round;
    }
  `,
})
export class Wordmark {}
