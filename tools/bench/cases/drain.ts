import type { Case } from '../cases';
import type { Child } from '../child';
import { compete } from '../contest';
import type { Running } from '../contestant';
import { exim } from '../contestants/exim';
import { haraka } from '../contestants/haraka';
import { holdfast } from '../contestants/holdfast';
import { postfix } from '../contestants/postfix';
import { resultOf } from '../figures';
import { openSink, send, type Load } from '../smtp-load';
import type { Workplace } from '../workplace';

const warmUpMessages = 3_000;

const contestants = [holdfast, postfix('postfix'), exim, haraka];

/**
 * Messages a second, from the word that lets what is held go (Postfix: `postqueue -f`; Exim: twenty queue runners; Haraka: a start;
 * Holdfast: its lane is resumed) to the arrival of the last one at a primary that is there already.
 */
export function drain(name: string, held: number, bytes: number): Case {
  return {
    name,
    async run(place, { rounds, isShort, only, say }) {
      const load: Load = { messages: isShort ? 100 : held, bytes, sessions: 20 };
      const values = await compete(place, {
        contestants: contestants.filter((one) => !only || only.includes(one.name)),
        rounds,
        say,
        bytes,
        async turn(running, room, { primaryPort }) {
          // Everybody has drained before: a relay that has been up for a while has compiled its code.
          if (!isShort) await drainOnce(running, room, primaryPort, { ...load, messages: warmUpMessages }, 0);
          return drainOnce(running, room, primaryPort, load, isShort ? 0 : warmUpMessages);
        },
      });
      return resultOf(name, 'messages/s', values);
    },
  };
}

/** @returns messages a second */
async function drainOnce(
  running: Running,
  room: Workplace,
  primaryPort: number,
  load: Load,
  before: number,
): Promise<number> {
  await send(room, running.port, load);
  await running.allSafe(before + load.messages);
  let sink: Child | undefined;
  await running.letPrimaryReturn(async () => {
    sink = await openSink(room, primaryPort, load.messages);
  });
  const began = performance.now();
  await running.deliverNow();
  // It ends with the last message.
  await sink?.done();
  const seconds = (performance.now() - began) / 1000;
  await running.holdAgain();
  return load.messages / seconds;
}
