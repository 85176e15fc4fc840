import { Component } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { PageHead } from '../ui/page-head';

@Component({
  selector: 'hf-not-found',
  imports: [MatButton, PageHead, RouterLink],
  template: `
    <hf-page-head
      name="Not found"
      [sentence]="{
        tone: 'unknown',
        headline: 'There is nothing at this address.',
        rest: 'Your mail is not affected.',
      }"
    />
    <section><a mat-stroked-button routerLink="/">Go to the overview</a></section>
  `,
  host: { class: 'page' },
})
export class NotFound {}
