import { DOCUMENT, Injectable, inject, signal } from '@angular/core';

export type ThemeChoice = 'system' | 'light' | 'dark';

const key = 'holdfast.theme';

/** Light, dark, or as the system says. `public/theme.js` applies the choice before the first paint. */
@Injectable({ providedIn: 'root' })
export class Theme {
  private readonly document = inject(DOCUMENT);
  readonly choice = signal<ThemeChoice>(this.read());

  choose(theme: ThemeChoice): void {
    this.choice.set(theme);
    const { dataset } = this.document.documentElement;
    if (theme === 'system') delete dataset['theme'];
    else dataset['theme'] = theme;
    try {
      if (theme === 'system') this.document.defaultView?.localStorage.removeItem(key);
      else this.document.defaultView?.localStorage.setItem(key, theme);
    } catch {
      // Storage is closed to us (private window): the choice then lasts as long as the page.
    }
  }

  private read(): ThemeChoice {
    const theme = this.document.documentElement.dataset['theme'];
    return theme === 'light' || theme === 'dark' ? theme : 'system';
  }
}
