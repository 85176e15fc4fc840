/**
 * A program for specs: puts messages into the spool at argv[2] as fast as it can, several at a time, and writes the id of each to
 * stdout once `put` has resolved. argv[3]: octets of a body; argv[4]: how many messages, then it ends by itself.
 * When a put fails it writes the name of the error instead.
 */
import { writeSync } from 'node:fs';
import { newMessageId } from '@holdfast/mail';
import { openSpool } from '../spool';
import { bodyOf, envelopeFor } from './sample';

const [, , directory = '', bytes = '4096', count = 'Infinity'] = process.argv;
const spool = openSpool({ directory });
let left = Number(count);

const worker = async (): Promise<void> => {
  while (left-- > 0) {
    const id = newMessageId();
    const said = await spool
      .put([{ id, envelope: envelopeFor(Number(bytes)), body: bodyOf(id, Number(bytes)) }])
      .then(
        () => id,
        (error: Error) => error.name,
      );
    writeSync(1, `${said}\n`);
    if (said !== id) return;
  }
};
await Promise.all(Array.from({ length: 20 }, worker));
await spool.close();
