/** One round: mail comes in, something is killed in the middle of the drain, and when all is quiet again everything is counted. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FakePrimary } from '@holdfast/fake-primary';
import { Arrivals } from './arrivals';
import { until, type House } from './house';
import { Ledger, mannerOf } from './ledger';
import { sendAll } from './load';
import { deserts, type RoundPlan } from './plan';
import { reckon, unneeded, unsettled } from './reckoning';

export interface Round {
  acknowledged: number;
  delivered: number;
  held: number;
  ended: number;
  lost: number;
  corrupted: number;
  duplicates: number;
  /** from the kill until all is quiet */
  settledAfterMs: number;
  findings: string[];
}

export interface Battlefield {
  house: House;
  primary: FakePrimary;
  folder: string;
  signal: AbortSignal;
  /** hears of every message that comes to the primary */
  listen(heard: Arrivals['take']): void;
}

const killWithinMs = 60_000;
const quietWithinMs = 90_000;
/** An operator looks at what is left, and pulls the lever. */
const leverEveryMs = 3_000;
const mostShown = 12;
/** A kill of relays may make copies of what is on the wire: twenty connections, each with one message to three recipients. */
const mostCopies = 60;
/** What the sweeper is given to find what is left, after the start of its relay. */
const sweptWithinMs = 45_000;

export async function playRound(plan: RoundPlan, field: Battlefield): Promise<Round> {
  const { house, primary, folder, signal } = field;
  const { domain, messages, connections } = plan;
  const arrivals = new Arrivals(messages);
  field.listen((message) => arrivals.take(message));
  const ledger = new Ledger(join(folder, `ledger-${plan.seed}`));
  try {
    await house.addDomain(domain, primary.port);
    if (plan.beginsDown) await primary.down();
    const sending = sendAll(house.smtpPort, connections, messages, ledger, signal);
    // Its end is waited for below, and its failure heard there.
    sending.catch(() => undefined);
    if (plan.beginsDown && plan.victim !== 'ingress') {
      await sending;
      await primary.up();
    }
    await momentOfKill(plan, ledger, arrivals);
    const killedAt = Date.now();
    await strike(plan, house);
    await sending;
    await primary.up();
    const left = await untilQuiet(field, domain, ledger, arrivals);
    const settledAfterMs = Date.now() - killedAt;
    const { findings, lost, delivered, held, ended } = await reckon(house, domain, ledger, arrivals);
    return {
      acknowledged: ledger.count,
      delivered,
      held,
      ended,
      lost: lost.length,
      corrupted: arrivals.corrupted.length,
      duplicates: arrivals.duplicates,
      settledAfterMs,
      findings: [
        ...left.map((sentence) => `not quiet in time: ${sentence}`),
        ...(arrivals.duplicates > mostCopies ? [`${arrivals.duplicates} copies are too many`] : []),
        ...findings,
      ],
    };
  } finally {
    ledger.close();
  }
}

/** Ingress is killed while it takes mail, the others while mail leaves. */
async function momentOfKill(plan: RoundPlan, ledger: Ledger, arrivals: Arrivals): Promise<void> {
  const { share, laterMs } = plan.killAt;
  const deliverable = plan.messages
    .flatMap(({ to }) => to)
    .filter((recipient) => deserts[mannerOf(recipient)] === 'delivered').length;
  await until(
    killWithinMs,
    () =>
      plan.victim === 'ingress'
        ? ledger.count >= share * plan.messages.length
        : arrivals.recipients >= share * deliverable,
    1,
  );
  await pause(laterMs);
}

async function strike({ victim, killsAll }: RoundPlan, house: House): Promise<void> {
  if (victim === 'everything') await house.killEverything();
  else if (victim === 'postgres') await house.kill('postgres');
  else if (victim === 'ingress') await house.kill('smtp-ingress', killsAll ? undefined : 0);
  else await house.kill('relay', killsAll ? undefined : await house.busyRelay());
}

/** @returns what is still under way when there is no more patience */
async function untilQuiet(
  { house, signal }: Battlefield,
  domain: string,
  ledger: Ledger,
  arrivals: Arrivals,
): Promise<string[]> {
  let left: string[] = ['nothing could be asked'];
  let pulledAt = Date.now();
  await until(
    quietWithinMs,
    async () => {
      signal.throwIfAborted();
      const { sentences, retry } = await unsettled(house, domain, ledger, arrivals);
      left = sentences;
      if (sentences.length === 0) return true;
      if (retry.length > 0 && Date.now() - pulledAt > leverEveryMs) {
        pulledAt = Date.now();
        await house.retry(retry.slice(0, 500));
      }
      return false;
    },
    150,
  );
  return left.slice(0, mostShown);
}

/** When the last round is over: bodies that a kill left are gone soon after the next start of the relays. @returns what is not */
export async function sweepUp({ house, signal }: Battlefield): Promise<{ left: number; findings: string[] }> {
  let left = await unneeded(house);
  const before = left.length;
  if (before > 0) {
    await house.kill('relay');
    await until(
      sweptWithinMs,
      async () => {
        signal.throwIfAborted();
        left = await unneeded(house);
        return left.length === 0;
      },
      250,
    );
  }
  return { left: before, findings: left.map((id) => `${id} is in the spool, and nobody needs it`) };
}
