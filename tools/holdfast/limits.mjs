import { limit } from './words.mjs';

/** What can be limited, for a plan or a tenant: as options, and as lines for people. */
const limits = [
  ['--max-held-messages', 'maxHeldMessages', 'Held messages at most', 'above it 452; counted by recipient'],
  ['--max-held-bytes', 'maxHeldBytes', 'Held bytes at most', 'above it 452'],
  ['--max-message-bytes', 'maxMessageBytes', 'Bytes of a message at most', 'above it 552'],
  [
    '--max-recipients-per-message',
    'maxRecipientsPerMessage',
    'Recipients of a message at most',
    'above it 452; the sender sends the rest separately',
  ],
  [
    '--max-messages-per-hour',
    'maxMessagesPerHour',
    'Messages an hour for a domain at most',
    'for each domain by itself; above it 452',
  ],
  ['--retention-days', 'retentionDays', 'Days a message may wait', '1 to 90; then it is given up'],
];

/** Adds an option for each limit to a command. @param fallback what "default" means there */
export function limitOptions(command, fallback) {
  for (const [option, , , what] of limits)
    command.option(`${option} <n>`, `${what}; a number, or "default": ${fallback}`, limit);
  return command;
}

/** A line for each limit. @param valueOf what stands beside it */
export const limitRows = (valueOf) => limits.map(([, field, label]) => [label, valueOf(field)]);
