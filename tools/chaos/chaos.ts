/** Round after round. A house serves for a few rounds: then the supervisor's patience with what dies again and again begins anew. */
import { startFakePrimary, type ReceivedMessage } from '@holdfast/fake-primary';
import type { Workplace } from '../bench/workplace';
import { House } from './house';
import { planRound, type RoundPlan, type Victim } from './plan';
import { playRound, sweepUp, type Battlefield, type Round } from './round';

export interface ChaosOptions {
  rounds: number;
  seed: number;
  victim?: Victim | undefined;
  signal: AbortSignal;
  onRound(plan: RoundPlan, round: Round): void;
  /** after the last round of a house: how many bodies the kills had left, and what the sweeper did not find of them */
  onSwept(left: number, findings: string[]): void;
}

/** What the last line says with `--json`. */
export interface ChaosResult {
  rounds: number;
  seed: number;
  acknowledged: number;
  delivered: number;
  lost: number;
  corrupted: number;
  duplicates: number;
}

const roundsOfHouse = 5;
const slowMs = 200;

export async function chaos(
  place: Workplace,
  { rounds, seed, victim, signal, onRound, onSwept }: ChaosOptions,
): Promise<ChaosResult & { findings: number }> {
  const sum = { acknowledged: 0, delivered: 0, lost: 0, corrupted: 0, duplicates: 0, findings: 0 };
  let played = 0;
  while (played < rounds) {
    const room = await place.room('house');
    const field = await openField(room, signal);
    const last = Math.min(rounds, played + roundsOfHouse);
    for (; played < last; played++) {
      signal.throwIfAborted();
      const plan = planRound(seed + played, victim);
      const round = await playRound(plan, field);
      for (const name of ['acknowledged', 'delivered', 'lost', 'corrupted', 'duplicates'] as const)
        sum[name] += round[name];
      sum.findings += round.findings.length;
      onRound(plan, round);
    }
    const { left, findings } = await sweepUp(field);
    sum.findings += findings.length;
    if (left > 0) onSwept(left, findings);
    await room.end();
  }
  return { rounds: played, seed, ...sum };
}

async function openField(room: Workplace, signal: AbortSignal): Promise<Battlefield> {
  let heard: (message: ReceivedMessage) => void = () => undefined;
  // Nothing is kept but what is noted at once: bodies of many rounds would fill our memory.
  const primary = await startFakePrimary({ keep: 0, slowMs, onMessage: (message) => heard(message) });
  room.onEnd(() => primary.close());
  const folder = await room.makeFolder('ledgers');
  const house = await House.start(room);
  return { house, primary, folder, signal, listen: (take) => (heard = take) };
}
