/**
 * Every log event there is, with its level. docs/events.md explains each with its fields; operators search and alert on these
 * names, so one is never renamed. `messageId`, `sessionId`, `tenantId` and `domain` thread a message through all programs.
 */
export const events = {
  // every program
  started: 'info',
  stopping: 'info',
  'still-waiting': 'info',
  stopped: 'info',
  failed: 'error',
  'postgres-lost': 'warn',
  'postgres-back': 'info',
  'directory-loaded': 'info',
  'directory-stale': 'warn',
  // smtp-ingress
  connected: 'debug',
  'certificate-loaded': 'info',
  'certificate-broken': 'warn',
  'certificate-gone': 'warn',
  'proxy-header-bad': 'warn',
  'refused-at-connect': 'info',
  'refused-at-mail': 'info',
  'refused-at-rcpt': 'info',
  'refused-at-data': 'info',
  'session-failed': 'warn',
  received: 'info',
  'scan-failed': 'warn',
  'put-failed': 'error',
  'registered-batch': 'debug',
  'register-failed': 'warn',
  'found-damaged': 'error',
  // relay
  delivered: 'info',
  deferred: 'info',
  refused: 'info',
  quarantined: 'info',
  expired: 'info',
  discarded: 'info',
  'reported-to-sender': 'info',
  'report-withheld': 'info',
  'primary-unreachable': 'warn',
  'lane-opened': 'info',
  'lane-closed': 'info',
  'refusal-doubted': 'info',
  'refusal-wave-began': 'warn',
  'refusal-wave-ended': 'info',
  'cleared-up-after': 'warn',
  'settle-failed': 'warn',
  'body-missing': 'error',
  'copies-made-room': 'warn',
  swept: 'info',
  // sentinel
  'probe-failed': 'debug',
  'outage-opened': 'warn',
  'outage-closed': 'info',
  'outage-drained': 'info',
  'queue-level-changed': 'info',
  'notification-written': 'info',
  'notification-sent': 'info',
  'notification-failed': 'warn',
  'notification-skipped': 'warn',
  // api
  'request-failed': 'error',
  'signed-in': 'info',
  'changed-by-person': 'info',
} as const satisfies Record<string, 'debug' | 'info' | 'warn' | 'error'>;

export type EventName = keyof typeof events;
