import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { whatWentWrong } from '../http/failure';
import { Mark } from './mark';

/** The face of a failure: what happened, what is safe all the same, what to do. */
@Component({
  selector: 'hf-trouble',
  imports: [MatButton, Mark],
  template: `
    <div class="panel" role="alert">
      <h2><hf-mark [state]="{ tone: 'unknown' }" /> {{ words().happened }}</h2>
      <p>{{ words().safe }}</p>
      <p class="soft">{{ words().todo }}</p>
      <button mat-stroked-button type="button" (click)="again.emit()">Try again</button>
    </div>
  `,
  styles: `
    .panel {
      display: grid;
      gap: 0.375rem;
      padding: 1.75rem 1.5rem;
      justify-items: start;
    }
    p {
      max-inline-size: 40rem;
    }
    button {
      margin-block-start: 0.75rem;
    }
  `,
})
export class Trouble {
  readonly failure = input.required<unknown>();
  readonly again = output();
  protected readonly words = computed(() => whatWentWrong(this.failure()));
}
