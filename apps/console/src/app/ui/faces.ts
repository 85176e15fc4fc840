import { NgTemplateOutlet } from '@angular/common';
import {
  Component,
  Directive,
  TemplateRef,
  computed,
  contentChild,
  inject,
  input,
  output,
} from '@angular/core';
import { Trouble } from './trouble';

/** What stands here when there is nothing: it teaches the next step. */
@Directive({ selector: 'ng-template[hfEmpty]' })
export class Empty {
  readonly template = inject(TemplateRef);
}

/** What stands here when there is something. */
@Directive({ selector: 'ng-template[hfRows]' })
export class Rows {
  readonly template = inject(TemplateRef);
}

/**
 * The four faces of a list: loading, empty, error, rows. A list that has shown rows keeps showing them when a later
 * reading fails: old rows help more than none, and the shell says how old they are.
 */
@Component({
  selector: 'hf-faces',
  imports: [NgTemplateOutlet, Trouble],
  template: `
    @switch (face()) {
      @case ('loading') {
        <div class="panel" aria-busy="true">
          <span class="unseen" role="status">Reading the list</span>
          @for (width of widths; track $index) {
            <div class="bone" aria-hidden="true"><i [style.inline-size.%]="width"></i><i></i></div>
          }
        </div>
      }
      @case ('error') {
        <hf-trouble [failure]="failure()" (again)="again.emit()" />
      }
      @case ('empty') {
        <div class="panel empty"><ng-container [ngTemplateOutlet]="empty().template" /></div>
      }
      @default {
        <ng-container [ngTemplateOutlet]="rows().template" />
      }
    }
  `,
  styles: `
    .bone {
      display: flex;
      justify-content: space-between;
      align-items: center;
      block-size: var(--row);
      padding-inline: 1.25rem;
    }
    .bone + .bone {
      border-block-start: 1px solid var(--line);
    }
    i {
      block-size: 0.75rem;
      inline-size: 4rem;
      border-radius: 4px;
      background: var(--sunken);
    }
    .empty {
      display: grid;
      gap: 0.375rem;
      justify-items: start;
      padding: 2rem 1.5rem;
      color: var(--ink-soft);
    }
    .empty ::ng-deep h3 {
      color: var(--ink);
    }
    .empty ::ng-deep a {
      margin-block-start: 0.75rem;
    }
  `,
})
export class Faces {
  readonly isLoading = input.required<boolean>();
  readonly isEmpty = input.required<boolean>();
  /** Whatever the reading threw; undefined when it went well. */
  readonly failure = input<unknown>();
  readonly again = output();
  protected readonly empty = contentChild.required(Empty);
  protected readonly rows = contentChild.required(Rows);
  protected readonly widths = [38, 52, 31, 45, 28];
  protected readonly face = computed(() => {
    if (!this.isEmpty()) return 'rows';
    if (this.failure()) return 'error';
    return this.isLoading() ? 'loading' : 'empty';
  });
}
