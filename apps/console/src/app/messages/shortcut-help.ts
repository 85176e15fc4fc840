import { Component, type ElementRef, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';

/** The keys of the message list. */
@Component({
  selector: 'hf-shortcut-help',
  imports: [MatButton],
  template: `
    <dialog #dialog aria-labelledby="keys-title">
      <h2 id="keys-title">Keys of this list</h2>
      <dl>
        @for (key of keys; track key[0]) {
          <div>
            <dt>
              <kbd>{{ key[0] }}</kbd>
            </dt>
            <dd>{{ key[1] }}</dd>
          </div>
        }
      </dl>
      <form method="dialog"><button mat-stroked-button>Close</button></form>
    </dialog>
  `,
  styles: `
    dialog {
      padding: 1.5rem;
      border: 1px solid var(--line);
      border-radius: 12px;
      background: var(--panel);
      color: var(--ink);
      box-shadow: var(--shadow);
    }
    dialog::backdrop {
      background: oklch(0.15 0.02 246 / 0.4);
    }
    dl {
      display: grid;
      gap: 0.5rem;
      margin-block: 1rem 1.25rem;
    }
    div {
      display: grid;
      grid-template-columns: 4.5rem 1fr;
      gap: 1rem;
    }
    kbd {
      display: inline-block;
      padding: 0.0625rem 0.5rem;
      border: 1px solid var(--line-strong);
      border-radius: 4px;
      font: var(--small) var(--mono);
    }
  `,
})
export class ShortcutHelp {
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  protected readonly keys = [
    ['j', 'Next message'],
    ['k', 'Previous message'],
    ['Enter', 'Open or close its trail'],
    ['x', 'Select or let go'],
    ['Esc', 'Select none'],
    ['?', 'These keys'],
  ] as const;

  show(): void {
    this.dialog().nativeElement.showModal();
  }
}
