import { Component, ElementRef, computed, effect, inject, input, linkedSignal, output } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import type { Delivery, LeverAction } from '../http/contract';
import { messages } from '../ui/words-of-time';
import { levers } from './lever-words';

/** What can be done with the chosen messages. It slides up from below; discarding is asked about first, in place. */
@Component({
  selector: 'hf-bulk-bar',
  imports: [MatButton, MatIcon, MatIconButton],
  template: `
    @if (chosen().size > 0) {
      <div class="bar" role="region" aria-label="Selected messages">
        @if (toDiscard(); as doomed) {
          <p class="question">
            Discard {{ words(doomed.length) }} for good? Nobody will receive
            {{ doomed.length === 1 ? 'it' : 'them' }}.
          </p>
          <button mat-flat-button type="button" class="keep" (click)="toDiscard.set(undefined)">Keep</button>
          <button mat-stroked-button type="button" [disabled]="isBusy()" (click)="send('discard', doomed)">
            Discard {{ doomed.length }}
          </button>
        } @else {
          <p class="how-many">{{ chosen().size }} selected</p>
          @for (option of options(); track option.action) {
            <button
              mat-button
              type="button"
              [disabled]="isBusy()"
              (click)="pull(option.action, option.fitting)"
            >
              <mat-icon [svgIcon]="option.icon" />{{ option.word }}
              @if (option.fitting.length < chosen().size) {
                <span>{{ option.fitting.length }}</span>
              }
            </button>
          }
          @if (options().length === 0) {
            <p class="soft">These are settled: nothing is left to do.</p>
          }
          <button class="close" mat-icon-button type="button" aria-label="Select none" (click)="done.emit()">
            <mat-icon svgIcon="close" />
          </button>
        }
      </div>
    }
  `,
  styleUrl: './bulk-bar.css',
})
export class BulkBar {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  readonly chosen = input.required<ReadonlyMap<string, Delivery>>();
  readonly isBusy = input(false);
  readonly lever = output<{ action: LeverAction; deliveries: readonly Delivery[] }>();
  readonly done = output();

  protected readonly words = messages;
  /** Another choice is another question. */
  protected readonly toDiscard = linkedSignal<unknown, readonly Delivery[] | undefined>({
    source: this.chosen,
    computation: () => undefined,
  });
  protected readonly options = computed(() => {
    const chosen = [...this.chosen().values()];
    return levers.map(({ action, word, icon, fits }) => ({
      action,
      word,
      icon,
      fitting: chosen.filter(fits),
    }));
  });

  constructor() {
    // The question takes the place of the button that asked it; without this the keyboard would be left nowhere.
    effect(() => {
      if (this.toDiscard())
        queueMicrotask(() => this.host.nativeElement.querySelector<HTMLElement>('.keep')?.focus());
    });
  }

  protected pull(action: LeverAction, deliveries: readonly Delivery[]): void {
    if (action === 'discard') this.toDiscard.set(deliveries);
    else this.send(action, deliveries);
  }

  protected send(action: LeverAction, deliveries: readonly Delivery[]): void {
    this.lever.emit({ action, deliveries });
  }
}
