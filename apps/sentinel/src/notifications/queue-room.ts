import type { Letter } from './letter';
import { bytes, count, oneLine } from './words';

/** What both mails about a queue's room say alike. */
export interface QueueRoom {
  tenant: string;
  messages: number;
  bytes: number;
  /** null: no limit */
  maxMessages: number | null;
  maxBytes: number | null;
  /** those that hold most, fullest first */
  domains: { domain: string; messages: number }[];
  at: Date;
}

export function roomFacts(room: QueueRoom): Letter['facts'] {
  const { maxMessages, maxBytes, domains } = room;
  return [
    {
      label: 'Held messages',
      value:
        maxMessages === null
          ? count(room.messages, 'message')
          : `${room.messages.toLocaleString('en-GB')} of ${count(maxMessages, 'message')}`,
    },
    {
      label: 'Their size',
      value: maxBytes === null ? bytes(room.bytes) : `${bytes(room.bytes)} of ${bytes(maxBytes)}`,
    },
    ...(domains.length > 0
      ? [
          {
            label: domains.length === 1 ? 'Held for' : 'Most of it for',
            value: domains
              .map(({ domain, messages }) => `${domain} (${messages.toLocaleString('en-GB')})`)
              .join(', '),
          },
        ]
      : []),
  ];
}

export const roomReason = ({ tenant }: QueueRoom): string =>
  `You get this because you are a contact of ${oneLine(tenant)}. A message to several recipients counts once for each.`;
