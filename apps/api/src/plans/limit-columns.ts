import type { LimitChanges, Limits } from './limits.dto';

/** Each limit as the api calls it, and as tables and views do. */
const columns = {
  maxHeldMessages: 'max_held_messages',
  maxHeldBytes: 'max_held_bytes',
  maxMessageBytes: 'max_message_bytes',
  maxRecipientsPerMessage: 'max_recipients_per_message',
  maxMessagesPerHour: 'max_messages_per_hour',
  retentionDays: 'retention_days',
} as const satisfies Record<keyof Limits, string>;

/** The columns that a change sets, and to what; tables of limits call them alike. */
export function limitColumns(changes: LimitChanges): Record<string, number | null | undefined> {
  return Object.fromEntries(
    Object.entries(columns).map(([field, column]) => [column, changes[field as keyof Limits]]),
  );
}

/** The columns of a table of limits, called as the api calls them. @param table its name or alias in the query */
export const limitsOf = (table: string): string =>
  Object.entries(columns)
    .map(([field, column]) => `${table}.${column} as "${field}"`)
    .join(', ');

/** The same as one JSON object. */
export const limitsObjectOf = (table: string): string =>
  `json_build_object(${Object.entries(columns)
    .map(([field, column]) => `'${field}', ${table}.${column}`)
    .join(', ')})`;
