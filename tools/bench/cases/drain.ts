import type { Case } from '../cases';
import { compete } from '../contest';
import { exim } from '../contestants/exim';
import { haraka } from '../contestants/haraka';
import { holdfast } from '../contestants/holdfast';
import { postfix } from '../contestants/postfix';
import { resultOf } from '../figures';
import { openSink, send } from '../smtp-load';
import type { Child } from '../child';

const contestants = [holdfast, postfix('postfix'), exim, haraka];

/**
 * Messages a second, from the word that lets what is held go (Postfix: `postqueue -f`; Exim: twenty queue runners; Haraka: a start;
 * Holdfast: its lane is resumed) to the arrival of the last one at a primary that is there already.
 */
export function drain(name: string, held: number, bytes: number): Case {
  return {
    name,
    async run(place, { rounds, isShort, only, say }) {
      const messages = isShort ? 100 : held;
      const values = await compete(place, {
        contestants: contestants.filter((one) => !only || only.includes(one.name)),
        rounds,
        say,
        bytes,
        async turn(running, room, { primaryPort }) {
          await send(room, running.port, { messages, bytes, sessions: 20 });
          await running.allSafe(messages);
          let sink: Child | undefined;
          await running.letPrimaryReturn(async () => {
            sink = await openSink(room, primaryPort, messages);
          });
          const began = performance.now();
          await running.deliverNow();
          // It ends with the last message.
          await sink?.done();
          return messages / ((performance.now() - began) / 1000);
        },
      });
      return resultOf(name, 'messages/s', values);
    },
  };
}
