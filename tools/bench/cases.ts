import { accept } from './cases/accept';
import { bigQueue } from './cases/big-queue';
import { drain } from './cases/drain';
import { firstDelivery } from './cases/first-delivery';
import { memory } from './cases/memory';
import type { Result } from './figures';
import type { Options } from './options';
import type { Workplace } from './workplace';

export interface Case {
  name: string;
  run(place: Workplace, options: Options & { say(sentence: string): void }): Promise<Result>;
}

const kB = 1_000;

const small = { bytes: 4_096, sessions: 20 };
const usual = { bytes: 50 * kB, sessions: 20 };

const cases: Case[] = [
  accept('accept-4k', { ...small, messages: 8_000 }),
  accept('accept-50k', { ...usual, messages: 4_000 }),
  accept('accept-one-per-connection', { ...small, messages: 3_000, sessions: 100, isOnePerConnection: true }),
  accept('accept-rspamd-4k', { ...small, messages: 1_500, isScanned: true }),
  accept('accept-rspamd-50k', { ...usual, messages: 1_000, isScanned: true }),
  drain('drain-3k', 3_000, 4_096),
  drain('drain-100k', 100_000, 4_096),
  firstDelivery('first-delivery', 50),
  bigQueue('big-queue', 1_000_000, 1_000),
  memory('memory'),
];

export const caseNames = cases.map(({ name }) => name);

export function caseNamed(name: string): Case | undefined {
  return cases.find((one) => one.name === name);
}
