import type { Letter } from './letter';
import { roomFacts, roomReason, type QueueRoom } from './queue-room';
import { moment, oneLine } from './words';

/** No room is left: what is held is safe, and senders wait. A person has to act. */
export function queueFull(room: QueueRoom): Letter {
  const facts = roomFacts(room);
  return {
    subject: 'Room for your held mail is used up: new mail waits with its senders',
    state: 'full',
    headline: `What we hold for ${oneLine(room.tenant)} is safe, but there is no room for more. New mail waits with its senders.`,
    paragraphs: [
      'We answer new mail with "452 4.3.1, please try again later". The servers of its senders keep it and try again, most of them for four or five days; after that they give up and tell their authors. As soon as there is room, we take mail again, without a word from you.',
    ],
    facts: [...facts, { label: 'Used up since', value: moment(room.at) }],
    next: {
      title: 'What you can do',
      paragraphs: [
        'Let your server take its mail again, ask your provider for more room, or discard what you do not need, under Messages in the console. Each works at once.',
      ],
    },
    reason: roomReason(room),
  };
}
