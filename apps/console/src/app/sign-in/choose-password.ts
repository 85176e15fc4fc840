import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';
import { FormField, FormRoot, form, maxLength, minLength, required } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { whatWentWrong } from '../http/failure';
import { PageHead } from '../ui/page-head';

/** The first password of whoever came in by a one-time link. */
@Component({
  selector: 'hf-choose-password',
  imports: [
    FormField,
    FormRoot,
    MatButton,
    MatError,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    PageHead,
    RouterLink,
  ],
  template: `
    <hf-page-head
      name="Password"
      [sentence]="
        isSet()
          ? { tone: 'safe', headline: 'Your password is set.', rest: 'Next time you sign in with it.' }
          : { headline: 'Choose a password.', rest: 'The link that brought you here works only once.' }
      "
    />
    <section aria-label="Password">
      @if (isSet()) {
        <a mat-flat-button routerLink="/">Go to the overview</a>
      } @else {
        <form [formRoot]="form">
          <mat-form-field appearance="outline" hideRequiredMarker>
            <mat-label>New password</mat-label>
            <input matInput type="password" autocomplete="new-password" [formField]="form.password" />
            <mat-hint>At least 12 characters; a sentence is easier than signs</mat-hint>
            @for (error of form.password().errors(); track error.kind) {
              <mat-error>{{ error.message }}</mat-error>
            }
          </mat-form-field>
          @if (refusal(); as words) {
            <p class="refusal" role="alert">{{ words }}</p>
          }
          <button mat-flat-button type="submit" [disabled]="form().submitting()">Set the password</button>
        </form>
      }
    </section>
  `,
  styles: `
    form {
      display: grid;
      gap: 0.875rem;
      max-inline-size: 24rem;
      justify-items: start;
    }
    mat-form-field {
      inline-size: 100%;
    }
    .refusal {
      color: var(--trouble);
    }
  `,
  host: { class: 'page' },
})
export class ChoosePassword {
  private readonly http = inject(HttpClient);
  private readonly model = signal({ password: '' });
  protected readonly isSet = signal(false);
  protected readonly refusal = signal<string | undefined>(undefined);
  protected readonly form = form(
    this.model,
    (path) => {
      required(path.password, { message: 'Enter a password.' });
      minLength(path.password, 12, { message: 'Use at least 12 characters.' });
      maxLength(path.password, 256, { message: 'Use at most 256 characters.' });
    },
    {
      submission: {
        action: async () => {
          this.refusal.set(undefined);
          try {
            await firstValueFrom(this.http.post('/api/v1/me/password', this.model()));
            this.isSet.set(true);
          } catch (failure) {
            const isThere = failure instanceof HttpErrorResponse && failure.status === 409;
            this.refusal.set(
              isThere ? 'You have a password already; it stays as it is.' : whatWentWrong(failure).happened,
            );
          }
        },
      },
    },
  );
}
