/**
 * What was found out, or why it could not be. The two are kept apart to the end: a name server that is slow tonight must never
 * look like a record that is wrong.
 */
export type Known<T> = { isKnown: true; value: T } | { isKnown: false; because: string };

export const known = <T>(value: T): Known<T> => ({ isKnown: true, value });
export const unknown = (because: string): Known<never> => ({ isKnown: false, because });

/** Something outside could not be asked; the message says what and why, for a person. Everything else that is thrown is a bug. */
export class CouldNotCheck extends Error {}

/** Waits, and makes of a failed question an answer of its own. */
export async function attempt<T>(question: Promise<T>): Promise<Known<T>> {
  try {
    return known(await question);
  } catch (error) {
    if (error instanceof CouldNotCheck) return unknown(error.message);
    throw error;
  }
}

/** Goes on with what is known. */
export async function andThen<T, U>(
  first: Known<T>,
  next: (value: T) => Promise<Known<U>>,
): Promise<Known<U>> {
  return first.isKnown ? next(first.value) : first;
}
