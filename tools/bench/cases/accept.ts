import type { Case } from '../cases';
import { compete } from '../contest';
import type { Contestant, Running, Task } from '../contestant';
import { exim } from '../contestants/exim';
import { haraka } from '../contestants/haraka';
import { holdfast } from '../contestants/holdfast';
import { postfix } from '../contestants/postfix';
import { resultOf } from '../figures';
import { startScanner } from '../scanner';
import { send, type Load } from '../smtp-load';
import type { Workplace } from '../workplace';

/** Its own brake on a busy machine is off; without it Postfix is the fairer rival. */
export const unbraked = postfix('postfix-no-brake', { in_flow_delay: '0' });

export const everybody: Contestant[] = [holdfast, postfix('postfix'), unbraked, exim, haraka];
const withScanner: Contestant[] = [holdfast, postfix('postfix'), unbraked];

const warmUpMs = 5_000;

export interface AcceptLoad extends Load {
  isScanned?: boolean;
}

/** Messages a second, from the first connection until the last message is safe. */
export function accept(name: string, load: AcceptLoad): Case {
  return {
    name,
    async run(place, { rounds, isShort, only, say }) {
      const { isScanned = false, bytes, sessions } = load;
      const whole = isShort ? { ...load, messages: 2 * sessions } : load;
      const values = await compete(place, {
        contestants: (isScanned ? withScanner : everybody).filter((one) => !only || only.includes(one.name)),
        rounds,
        say,
        bytes,
        ...(isScanned ? { startScanner } : {}),
        turn: (running, room, task) => acceptOnce(running, room, task, whole, isShort ? 0 : warmUpMs),
      });
      return resultOf(name, 'messages/s', values);
    },
  };
}

export async function acceptOnce(
  running: Running,
  room: Workplace,
  { scanner }: Pick<Task, 'scanner'>,
  load: Load,
  warmForMs: number,
  before = 0,
): Promise<number> {
  const sent = before + (await warmUp(running, room, load, warmForMs, before));
  const began = performance.now();
  await send(room, running.port, load);
  await running.allSafe(sent + load.messages);
  const seconds = (performance.now() - began) / 1000;
  // Whoever lets mail pass unscanned has not done the work.
  if (scanner && (await scanner.scanned()) < sent + load.messages - before)
    throw new Error(`Only ${await scanner.scanned()} of ${sent + load.messages} messages were scanned`);
  return load.messages / seconds;
}

/**
 * Everybody runs warm, for the same time: what is measured is a server that has been up for a while, not one that still compiles.
 * @returns how many messages that took
 */
async function warmUp(
  running: Running,
  room: Workplace,
  load: Load,
  ms: number,
  before: number,
): Promise<number> {
  const began = performance.now();
  const some = { ...load, messages: Math.ceil(load.messages / 10) };
  let sent = 0;
  do {
    await send(room, running.port, some);
    sent += some.messages;
    await running.allSafe(before + sent);
  } while (performance.now() - began < ms);
  return sent;
}
