import { HttpErrorResponse } from '@angular/common/http';
import type { ProblemDetails } from './contract';

/** What a person needs to hear when something failed: what happened, what is safe all the same, what to do. */
export interface Failure {
  readonly happened: string;
  readonly safe: string;
  readonly todo: string;
}

const mailIsSafe = 'Mail is accepted, held and delivered all the same; this page only shows it.';

/** Explains a failed request. */
export function whatWentWrong(failure: unknown): Failure {
  const status = failure instanceof HttpErrorResponse ? failure.status : undefined;
  const problem = problemOf(failure);
  if (status === 0 || status === 502 || status === 503 || status === 504) {
    return {
      happened: 'The console cannot reach Holdfast right now.',
      safe: mailIsSafe,
      todo: 'It tries again by itself; you can also try now.',
    };
  }
  if (status === 403) {
    return {
      happened: 'Your role does not allow this.',
      safe: 'Nothing was changed.',
      todo: 'Ask an owner of your team to do it, or to change your role.',
    };
  }
  if (status === 404) {
    return {
      happened: 'This is not here, or not yours to see.',
      safe: 'Nothing was changed.',
      todo: 'Go back to the list and choose from there.',
    };
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return {
      happened: problem.detail ?? problem.title ?? 'Holdfast did not accept this request.',
      safe: 'Nothing was changed.',
      todo: 'Change what it names and try again.',
    };
  }
  return {
    happened: 'Something failed while answering this page.',
    safe: mailIsSafe,
    todo: 'Try again; if it stays, tell your provider what you were doing and when.',
  };
}

/** What the api has to say about each field of a form, by the field's name. */
export function fieldProblems(failure: unknown): ReadonlyMap<string, string> {
  const errors = problemOf(failure).errors ?? [];
  return new Map(errors.map(({ field, message }) => [field, message] as const));
}

function problemOf(failure: unknown): Partial<ProblemDetails> {
  const body: unknown = failure instanceof HttpErrorResponse ? failure.error : undefined;
  return typeof body === 'object' && body !== null ? (body as Partial<ProblemDetails>) : {};
}
