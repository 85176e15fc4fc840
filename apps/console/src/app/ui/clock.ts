import { DOCUMENT, DestroyRef, Injectable, inject, signal } from '@angular/core';

/** One second hand for all relative times on the page. It rests while nobody can see it. */
@Injectable({ providedIn: 'root' })
export class Clock {
  private readonly time = signal(Date.now());
  /** Milliseconds since 1970, moved every second. */
  readonly now = this.time.asReadonly();

  constructor() {
    const document = inject(DOCUMENT);
    const tick = (): void => {
      if (document.visibilityState === 'visible') this.time.set(Date.now());
    };
    const timer = setInterval(tick, 1_000);
    document.addEventListener('visibilitychange', tick);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    });
  }
}
