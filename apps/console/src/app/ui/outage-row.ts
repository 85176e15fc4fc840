import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Outage } from '../http/contract';
import { Clock } from './clock';
import { Mark } from './mark';
import { outageMeaning } from './tones';
import { clockTime, exact, messages, short } from './words-of-time';

/** A past outage in one line: whose, when, how long, what it held, and that all of it was delivered. */
@Component({
  selector: 'hf-outage-row',
  imports: [Mark, RouterLink],
  template: `
    <a class="row" routerLink="/outages" [queryParams]="{ domain: outage().domain }">
      <hf-mark [state]="meaning()" />
      <span class="mono cut">{{ outage().domain }}</span>
      <span class="soft">down {{ lasted() }}</span>
      <span class="soft">{{ held() }} held</span>
      <time class="right soft" [attr.datetime]="outage().beganAt" [title]="exactly()">{{ began() }}</time>
    </a>
  `,
  styles: `
    .row {
      --columns: 8.5rem minmax(0, 1fr) 9rem 9rem 8rem;
    }
    @media (width < 56rem) {
      .row {
        grid-template-columns: minmax(0, 1fr) auto;
        row-gap: 0.125rem;
        padding-block: 0.625rem;
      }
      .mono {
        order: -1;
      }
      time {
        order: -1;
      }
      .soft {
        font-size: var(--small);
      }
      .soft + .soft {
        grid-column: 2;
        text-align: end;
      }
      hf-mark {
        grid-column: 1 / -1;
        order: 3;
        font-size: var(--small);
      }
    }
  `,
})
export class OutageRow {
  private readonly time = inject(Clock);
  readonly outage = input.required<Outage>();
  protected readonly meaning = computed(() => outageMeaning(this.outage()));
  protected readonly held = computed(() => messages(this.outage().messagesHeld));
  protected readonly lasted = computed(() => {
    const { beganAt, endedAt } = this.outage();
    return short((endedAt ? Date.parse(endedAt) : this.time.now()) - Date.parse(beganAt));
  });
  protected readonly began = computed(() => clockTime(Date.parse(this.outage().beganAt), this.time.now()));
  protected readonly exactly = computed(() => exact(Date.parse(this.outage().beganAt)));
}
