/** No room: the disk, a quota or the map is full. Nothing of what was being put is stored; what was stored before is untouched. */
export class SpoolFull extends Error {
  override name = 'SpoolFull';
}

export type SpoolPart = 'body' | 'envelope';

/** What is stored under this id is not what was written. It has been set aside for a person, and will never be delivered. */
export class SpoolDamaged extends Error {
  override name = 'SpoolDamaged';
  constructor(
    readonly id: string,
    readonly part: SpoolPart,
  ) {
    super(`The ${part} of ${id} is damaged; it has been set aside`);
  }
}

// LMDB and Linux each have their words for "no room": ENOSPC, EDQUOT, EFBIG (a limit on file size), MDB_MAP_FULL.
const fullCodes = new Set<unknown>([28, 122, 27, -30792]);
const shortWrite = 5;
const nearlyNothing = 64 * 2 ** 20;

/**
 * Finds out why a commit failed. lmdb-js rejects with a general error whose `commitError` is a promise that rejects with the
 * cause: both must be handled, or the second ends the process as an unhandled rejection.
 * @param freeBytes what is still free; LMDB calls the short write that a full disk gives it an I/O error (EIO), as it does a
 *   broken disk, and only this tells them apart
 */
export async function causeOf(failure: unknown, freeBytes: () => number): Promise<Error> {
  const { commitError } = failure as { commitError?: Promise<unknown> };
  const cause = commitError
    ? await commitError.then(
        () => failure,
        (error: unknown) => error,
      )
    : failure;
  const { code, message } = cause as { code?: unknown; message?: string };
  const isFull = fullCodes.has(code) || (code === shortWrite && freeBytes() < nearlyNothing);
  if (isFull) return new SpoolFull(`No room in the spool: ${message ?? String(code)}`, { cause });
  return cause instanceof Error ? cause : new Error(String(cause));
}
