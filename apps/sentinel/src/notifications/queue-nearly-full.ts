import type { Letter } from './letter';
import { roomFacts, roomReason, type QueueRoom } from './queue-room';
import { shareOf } from '../levels/level';
import { oneLine } from './words';

/** Four fifths of the room are used: time to act, and nothing has been put off yet. */
export function queueNearlyFull(room: QueueRoom): Letter {
  const percent = Math.floor(shareOf({ ...room, isRefusing: false }) * 100);
  return {
    subject: `Room for your held mail is ${percent} % used`,
    state: 'filling',
    headline: `Your mail is safe. What we hold for ${oneLine(room.tenant)} uses ${percent} % of its room.`,
    paragraphs: [
      'New mail is taken as before. Should the room be used up, we ask senders to wait: their servers keep the mail and try again, most of them for several days. Nothing is lost by that, but it is their patience then and no longer ours.',
    ],
    facts: roomFacts(room),
    next: {
      title: 'What you can do',
      paragraphs: [
        'Let your server take its mail again: we deliver as soon as it answers, and the room is free as fast as it takes it. Mail that was put aside waits for your word, under Messages in the console.',
        'If it will be away for longer, ask your provider for more room; that works at once.',
      ],
    },
    reason: roomReason(room),
  };
}
