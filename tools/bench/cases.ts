import { accept } from './cases/accept';
import type { Result } from './figures';
import type { Options } from './options';
import type { Workplace } from './workplace';

export interface Case {
  name: string;
  run(place: Workplace, options: Options & { say(sentence: string): void }): Promise<Result>;
}

const kB = 1_000;

const cases: Case[] = [
  accept('accept-4k', { messages: 6_000, bytes: 4_096, sessions: 20 }),
  accept('accept-50k', { messages: 3_000, bytes: 50 * kB, sessions: 20 }),
  accept('accept-one-per-connection', {
    messages: 3_000,
    bytes: 4_096,
    sessions: 100,
    isOnePerConnection: true,
  }),
];

export const caseNames = cases.map(({ name }) => name);

export function caseNamed(name: string): Case | undefined {
  return cases.find((one) => one.name === name);
}
