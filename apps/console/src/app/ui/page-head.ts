import { Component, input } from '@angular/core';
import { Mark } from './mark';
import type { StateSentence } from './state-sentence';
import type { Tone } from './tones';

/** A sentence; without a tone where it says nothing about the state of mail. */
export type HeadSentence = Omit<StateSentence, 'tone'> & { readonly tone?: Tone };

/** The head of every page: its name in small, then one sentence of state as the heading. */
@Component({
  selector: 'hf-page-head',
  imports: [Mark],
  template: `
    <header>
      <div class="over">
        <p class="name">{{ name() }}</p>
        <ng-content />
      </div>
      @if (sentence(); as said) {
        <h1>
          @if (said.tone; as tone) {
            <hf-mark [state]="{ tone }" />
          }
          <strong>{{ said.headline }}</strong> {{ said.rest }}
        </h1>
      } @else {
        <h1 class="wait" aria-busy="true"><span class="unseen">Reading the state</span></h1>
      }
    </header>
  `,
  styles: `
    .over {
      display: flex;
      justify-content: space-between;
      align-items: center;
      min-block-size: 2.5rem;
      gap: 1rem;
    }
    .name {
      color: var(--ink-faint);
    }
    h1 {
      max-inline-size: 50rem;
      margin-block-start: 0.5rem;
      font-size: var(--state);
      font-weight: var(--regular);
      line-height: 1.36;
      letter-spacing: -0.012em;
      color: var(--ink-soft);
      text-wrap: pretty;
      overflow-wrap: anywhere;
    }
    strong {
      font-weight: var(--strong);
      color: var(--ink);
    }
    hf-mark {
      --size: 0.72em;
      vertical-align: 0.06em;
      margin-inline-end: 0.3em;
      font-size: 1em;
    }
    .wait {
      block-size: calc(2 * 1.36em);
      border-radius: var(--radius);
      background:
        linear-gradient(var(--sunken), var(--sunken)) 0 0.2em / 34rem 0.95em no-repeat,
        linear-gradient(var(--sunken), var(--sunken)) 0 1.56em / 22rem 0.95em no-repeat;
    }
  `,
})
export class PageHead {
  readonly name = input.required<string>();
  /** Undefined while it is not known yet. */
  readonly sentence = input<HeadSentence | undefined>();
}
