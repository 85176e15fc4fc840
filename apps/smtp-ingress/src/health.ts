import type { Health } from '@holdfast/daemon';
import type { Ingress } from './ingress';

// The directory asks Postgres every second; three silent ones are no accident.
const staleAfterMs = 4_000;

/** Ready means: mail for the domains that we know is taken. The reasons also name what port 25 does without at the moment. */
export function healthOf({ directory, registrar, scanner, certificates }: Ingress): Health {
  const reasons: string[] = [];
  const { confirmedAt, isCopyFromDisk } = directory;
  const knowsDirectory = confirmedAt !== undefined || isCopyFromDisk;
  if (!knowsDirectory)
    reasons.push('No directory yet: Postgres cannot be asked and there is no copy on disk');
  else if (isCopyFromDisk)
    reasons.push('Postgres cannot be asked; deciding by the last copy of the directory on disk');
  else if (confirmedAt && Date.now() - confirmedAt.getTime() > staleAfterMs)
    reasons.push('Postgres cannot be asked; deciding by the directory in memory');
  if (registrar.isPostgresAway) reasons.push(`${registrar.backlog} messages wait to be registered`);
  if (scanner.isResting) reasons.push('rspamd does not answer; mail is taken unscanned');
  reasons.push(...certificates.problems);
  return { isReady: knowsDirectory, reasons };
}
