import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input, signal } from '@angular/core';
import { FormField, FormRoot, email, form, required } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import type { Demo } from '../http/contract';
import { Session } from '../http/session';
import { Wordmark } from '../ui/wordmark';

/** The door. E-mail and password; where a demo runs, also its people with one click. */
@Component({
  selector: 'hf-sign-in',
  imports: [FormField, FormRoot, MatButton, MatError, MatFormField, MatInput, MatLabel, Wordmark],
  templateUrl: './sign-in.html',
  styleUrl: './sign-in.css',
})
export class SignIn {
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  /** Where the person wanted to go. */
  readonly next = input<string>();

  protected readonly refusal = signal<string | undefined>(undefined);
  private readonly model = signal({ email: '', password: '' });
  protected readonly form = form(
    this.model,
    (path) => {
      required(path.email, { message: 'Enter your e-mail address.' });
      email(path.email, { message: 'This does not look like an e-mail address.' });
      required(path.password, { message: 'Enter your password.' });
    },
    {
      submission: {
        action: async () => {
          const { email: address, password } = this.model();
          this.refusal.set(undefined);
          const refusal = await this.session.signIn(address, password);
          this.refusal.set(refusal);
          if (!refusal) await this.router.navigateByUrl(this.inside());
        },
      },
    },
  );

  private readonly demo = httpResource<Demo>(() => '/api/v1/demo');
  protected readonly visitors = computed(() => (this.demo.hasValue() ? this.demo.value().signIn : []));

  protected demoLink(address: string): string {
    return `/api/v1/demo/sign-in?user=${encodeURIComponent(address)}`;
  }

  /** Only ways inside this console: a link must not lead a person who has just signed in somewhere else. */
  private inside(): string {
    const next = this.next();
    return next && /^\/(?![/\\])/.test(next) ? next : '/';
  }
}
