import { HttpErrorResponse } from '@angular/common/http';
import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Empty, Faces, Rows } from './faces';

@Component({
  selector: 'hf-list-under-test',
  imports: [Empty, Faces, Rows],
  template: `
    <hf-faces
      [isLoading]="isLoading()"
      [isEmpty]="rows().length === 0"
      [failure]="failure()"
      (again)="tries = tries + 1"
    >
      <ng-template hfRows>
        @for (row of rows(); track row) {
          <p class="row">{{ row }}</p>
        }
      </ng-template>
      <ng-template hfEmpty><h3>Add the first domain</h3></ng-template>
    </hf-faces>
  `,
})
class ListUnderTest {
  readonly isLoading = signal(true);
  readonly rows = signal<string[]>([]);
  readonly failure = signal<unknown>(undefined);
  tries = 0;
}

describe('the faces of a list', () => {
  const make = async (): Promise<{ list: ListUnderTest; page: HTMLElement; settle: () => Promise<void> }> => {
    const fixture = TestBed.createComponent(ListUnderTest);
    await fixture.whenStable();
    return {
      list: fixture.componentInstance,
      page: fixture.nativeElement as HTMLElement,
      settle: () => fixture.whenStable().then(() => undefined),
    };
  };

  test('loading: bones, and a word for those who hear the page', async () => {
    const { page } = await make();
    expect(page.querySelector('[aria-busy=true]')?.textContent).toContain('Reading the list');
    expect(page.querySelectorAll('.bone')).toHaveLength(5);
  });

  test('empty: the next step', async () => {
    const { list, page, settle } = await make();
    list.isLoading.set(false);
    await settle();
    expect(page.textContent).toContain('Add the first domain');
  });

  test('error: what happened, what is safe, what to do, and a way to try again', async () => {
    const { list, page, settle } = await make();
    list.failure.set(new HttpErrorResponse({ status: 0 }));
    await settle();
    const alert = page.querySelector('[role=alert]');
    expect(alert?.textContent).toContain('The console cannot reach Holdfast right now.');
    expect(alert?.textContent).toContain('Mail is accepted, held and delivered all the same');
    alert?.querySelector('button')?.click();
    expect(list.tries).toBe(1);
  });

  test('rows: shown, and kept when a later reading fails', async () => {
    const { list, page, settle } = await make();
    list.rows.set(['example.org']);
    list.isLoading.set(false);
    await settle();
    list.failure.set(new HttpErrorResponse({ status: 503 }));
    await settle();
    expect(page.querySelector('.row')?.textContent).toBe('example.org');
    expect(page.querySelector('[role=alert]')).toBeNull();
  });
});
