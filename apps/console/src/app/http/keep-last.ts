import type { HttpResourceRef } from '@angular/common/http';
import { type Signal, linkedSignal } from '@angular/core';

/**
 * The last value that arrived, also while the api is away. A resource forgets its value when a reload fails; a person who
 * looks at the console in an outage needs the numbers of a minute ago more than an empty page.
 */
export function keepLast<T>(resource: HttpResourceRef<T | undefined>): Signal<T | undefined> {
  return linkedSignal<T | undefined, T | undefined>({
    source: () => (resource.hasValue() ? resource.value() : undefined),
    computation: (value, previous) => value ?? previous?.value,
  });
}
