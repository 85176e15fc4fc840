import { readFileSync } from 'node:fs';

export interface Ids {
  uid: number;
  gid: number;
}

/** User and group of this name, from the system's own list. @throws Error when there is none */
export function idsOf(name: string): Ids {
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([user]) => user === name);
  if (!fields) throw new Error(`This machine has no user ${name}`);
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}
