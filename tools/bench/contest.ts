/** Rounds in which the contestants take turns, so that what else the machine does meets all of them alike. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Contestant, Running, Scanner, Task } from './contestant';
import { freeLoopbackPort } from '../up/ports';
import type { Workplace } from './workplace';

export interface ContestPlan {
  contestants: Contestant[];
  rounds: number;
  bytes: number;
  /** starts what scans, anew for each turn */
  startScanner?(room: Workplace): Promise<Scanner>;
  /** measures one turn of one contestant */
  turn(running: Running, room: Workplace, task: Task): Promise<number>;
  say(sentence: string): void;
}

/** @returns the figures of each contestant's turns, by name */
export async function compete(place: Workplace, plan: ContestPlan): Promise<Map<string, number[]>> {
  const { contestants, rounds, say } = plan;
  const ready = await thoseWhoCan(place, contestants, say);
  const values = new Map(ready.map(({ name }) => [name, [] as number[]]));
  for (let round = 1; round <= rounds; round++) {
    for (const contestant of ready) {
      const value = await oneTurn(place, contestant, plan);
      values.get(contestant.name)?.push(value);
      say(`round ${round}: ${contestant.name} ${value.toFixed(value < 10 ? 2 : 0)}`);
    }
  }
  return values;
}

async function thoseWhoCan(
  place: Workplace,
  contestants: Contestant[],
  say: (sentence: string) => void,
): Promise<Contestant[]> {
  const ready: Contestant[] = [];
  for (const contestant of contestants) {
    const whyNot = await contestant.prepare(place);
    if (whyNot === undefined) ready.push(contestant);
    else say(`${contestant.name} is left out: ${whyNot}`);
  }
  return ready;
}

/** Started for its turn alone: somebody who rests still tries to deliver what it holds, and the others would pay for it. */
async function oneTurn(
  place: Workplace,
  contestant: Contestant,
  { bytes, startScanner, turn }: ContestPlan,
): Promise<number> {
  const room = await place.room(contestant.name);
  try {
    const scanner = await startScanner?.(room);
    const task: Task = { bytes, primaryPort: await freeLoopbackPort(), ...(scanner ? { scanner } : {}) };
    const running = await contestant.start(room, task);
    // What the others wrote is not to be written out on this one's time.
    await promisify(execFile)('sync');
    return await turn(running, room, task);
  } finally {
    await room.end();
  }
}
