import { holdfast } from '../contestants/holdfast';
import { exim } from '../contestants/exim';
import { haraka } from '../contestants/haraka';
import { postfix } from '../contestants/postfix';
import { compete } from '../contest';
import type { Case } from '../cases';
import { resultOf } from '../figures';
import { send, type Load } from '../smtp-load';

/** Its own brake on a busy machine; without it Postfix is the fairer rival. */
export const unbraked = postfix('postfix-no-brake', { in_flow_delay: '0' });

const contestants = [holdfast, postfix('postfix'), unbraked, exim, haraka];

/** Everybody runs warm: what is measured is a server that has been up for a while. */
const warmUp = (load: Load): Load => ({ ...load, messages: Math.ceil(load.messages / 10) });

/** Messages a second, from the first connection until the last message is safe. */
export function accept(name: string, load: Load): Case {
  return {
    name,
    async run(place, { rounds, isShort, only, say }) {
      const whole = isShort ? { ...load, messages: 2 * load.sessions } : load;
      const values = await compete(place, {
        contestants: contestants.filter((one) => !only || only.includes(one.name)),
        rounds,
        say,
        task: { bytes: load.bytes },
        async turn(running, room) {
          const before = warmUp(whole);
          await send(room, running.port, before);
          await running.allSafe(before.messages);
          const began = performance.now();
          await send(room, running.port, whole);
          await running.allSafe(before.messages + whole.messages);
          return whole.messages / ((performance.now() - began) / 1000);
        },
      });
      return resultOf(name, 'messages/s', values);
    },
  };
}
