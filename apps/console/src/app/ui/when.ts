import { Component, computed, inject, input } from '@angular/core';
import { Clock } from './clock';
import { exact, relative } from './words-of-time';

/** A moment, as far from now as it is; the exact time with its zone on hover and for machines. */
@Component({
  selector: 'hf-when',
  template: '<time [attr.datetime]="at()" [title]="exactly()">{{ text() }}</time>',
  styles: ':host { white-space: nowrap; }',
})
export class When {
  private readonly clock = inject(Clock);
  readonly at = input.required<string>();
  private readonly moment = computed(() => Date.parse(this.at()));
  protected readonly text = computed(() => relative(this.moment(), this.clock.now()));
  protected readonly exactly = computed(() => exact(this.moment()));
}
