import { DOCUMENT, inject } from '@angular/core';
import type { NavigationError } from '@angular/router';

const key = 'holdfast.started-afresh';
/** A page that fails again this soon is broken, not outdated; loading it over and over would only hide that. */
const againAfterMs = 10_000;

/**
 * A page that could not be loaded: most often a new version was put in place while this one was open, and the files that it asks for are
 * gone. Loading the address afresh brings the new version, once; without this the click would do nothing at all.
 */
export function startAfresh({ url, error }: NavigationError): void {
  const window = inject(DOCUMENT).defaultView;
  if (!window || !(error instanceof TypeError)) return;
  try {
    if (Date.now() - Number(window.sessionStorage.getItem(key)) < againAfterMs) return;
    window.sessionStorage.setItem(key, String(Date.now()));
  } catch {
    // Without a memory of the last time there is no protection against a circle; then rather a click that does nothing.
    return;
  }
  window.location.assign(url);
}
