import { HttpClient, HttpErrorResponse, type HttpInterceptorFn } from '@angular/common/http';
import { DOCUMENT, Injectable, computed, inject, signal } from '@angular/core';
import { type CanMatchFn, Router } from '@angular/router';
import { catchError, firstValueFrom, throwError } from 'rxjs';
import type { Me } from './contract';
import { whatWentWrong } from './failure';

/** Who is signed in. The session itself is a cookie that no script can read; this only knows what `/me` says of it. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly http = inject(HttpClient);
  private readonly document = inject(DOCUMENT);

  readonly me = signal<Me | undefined>(undefined);
  readonly isOperator = computed(() => this.me()?.isOperator ?? false);
  /** What the roles allow; the api decides, this only keeps levers out of sight that it would refuse. */
  readonly mayMoveMessages = computed(() => this.hasRole('owner', 'admin', 'member'));
  readonly mayChangeDomains = computed(() => this.hasRole('owner', 'admin'));
  /** Whose room this is, as the shell shows it. */
  readonly roomName = computed(
    () =>
      this.me()
        ?.tenants.map((tenant) => tenant.name)
        .join(', ') ?? '',
  );

  private hasRole(...roles: string[]): boolean {
    return this.isOperator() || (this.me()?.tenants.some(({ role }) => roles.includes(role)) ?? false);
  }

  /** False when nobody is signed in; throws when the api cannot be asked. */
  async isSignedIn(): Promise<boolean> {
    if (this.me()) return true;
    try {
      this.me.set(await firstValueFrom(this.http.get<Me>('/api/v1/me')));
      return true;
    } catch (failure) {
      if (failure instanceof HttpErrorResponse && failure.status === 401) return false;
      throw failure;
    }
  }

  /** Signs in; resolves to a sentence for the person when it did not work, to undefined when it did. */
  async signIn(email: string, password: string): Promise<string | undefined> {
    try {
      await firstValueFrom(this.http.post('/api/auth/sign-in/email', { email, password }));
      this.me.set(undefined);
      return undefined;
    } catch (failure) {
      const status = failure instanceof HttpErrorResponse ? failure.status : 0;
      if (status === 401 || status === 403)
        return 'This e-mail address and this password do not belong together.';
      if (status === 429) return 'Too many tries from here. Please wait a minute and try again.';
      return whatWentWrong(failure).happened;
    }
  }

  /** Signs out and starts afresh, so that nothing of this room stays in memory for whoever sits here next. */
  async signOut(): Promise<void> {
    await firstValueFrom(this.http.post('/api/auth/sign-out', {}));
    this.document.location.assign('/sign-in');
  }
}

/** Routes behind this belong to people who are signed in; others are shown the door, and brought back afterwards. */
export const signedIn: CanMatchFn = async (_route, segments) => {
  const router = inject(Router);
  const session = inject(Session);
  try {
    if (await session.isSignedIn()) return true;
  } catch {
    // The api is away. The shell comes up all the same and says so: a sign-in page could not help anybody now.
    return true;
  }
  const wanted =
    router.currentNavigation()?.extractedUrl.toString() ??
    `/${segments.map((segment) => segment.path).join('/')}`;
  return router.createUrlTree(['/sign-in'], wanted === '/' ? {} : { queryParams: { next: wanted } });
};

/** A session that ended while a page was open leads to the sign-in page, and from there back to that page. */
export const endedSession: HttpInterceptorFn = (request, next) => {
  const router = inject(Router);
  return next(request).pipe(
    catchError((failure: unknown) => {
      const isOurs = request.url.startsWith('/api/v1/') && !request.url.startsWith('/api/v1/me');
      if (
        failure instanceof HttpErrorResponse &&
        failure.status === 401 &&
        isOurs &&
        !router.url.startsWith('/sign-in')
      ) {
        void router.navigate(['/sign-in'], { queryParams: { next: router.url } });
      }
      return throwError(() => failure);
    }),
  );
};
