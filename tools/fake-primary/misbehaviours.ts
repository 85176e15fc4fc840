/**
 * How the fake primary misbehaves, by the local part of the recipient, so that one sink serves demo, specs and e2e and
 * a test reads like what it is about: `tempfail@`, `refuse@`. What follows a `+` does not count: `refuse+7@` refuses too.
 *
 * Each line is something that real servers do; the reply texts are theirs.
 */
export interface Misbehaviour {
  /** Answer to RCPT TO; without one the recipient is taken. */
  rcpt?: string;
  /** Only the first RCPT TO of this sender and recipient gets `rcpt`. */
  isOnce?: boolean;
  /** Answer after the final dot. Not per recipient: SMTP has one answer for all of them there. */
  data?: string;
  /** The answer to RCPT TO, or the one after the final dot, comes late (`slowMs` of the server). */
  slow?: 'rcpt' | 'data';
  /** Destroys the connection with the first bytes of the body, or after the final dot in place of the answer. */
  hangUp?: 'in-data' | 'after-data';
  /** Answers RCPT TO with this and closes the connection, as a server does that is shutting down (RFC 5321 section 3.8). */
  leavesWith?: string;
  /** Says nothing any more from RCPT TO on, and keeps the connection open. */
  isMute?: boolean;
}

export const misbehaviours: Record<string, Misbehaviour> = {
  tempfail: { rcpt: '451 4.3.0 Temporary local problem, try again later' },
  refuse: { rcpt: '550 5.1.1 User unknown' },
  blocked: { rcpt: '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example.test' },
  full: { rcpt: '452 4.2.2 Mailbox full' },
  greylist: { rcpt: '451 4.7.1 Greylisted, please try again', isOnce: true },
  'tempfail-data': { data: '451 4.3.0 Error: queue file write error' },
  'refuse-data': { data: '554 5.6.0 Message content rejected' },
  slow: { slow: 'rcpt' },
  'slow-data': { slow: 'data' },
  'hangup-in-data': { hangUp: 'in-data' },
  // The dangerous one: the message is taken, and nobody hears so. A careful sender delivers it a second time.
  'hangup-after-data': { hangUp: 'after-data' },
  shutdown: { leavesWith: '421 4.3.2 Service shutting down' },
  mute: { isMute: true },
};

/** What this recipient makes the server do; an empty object for a recipient that is simply taken. */
export function misbehaviourOf(recipient: string): Misbehaviour {
  const localPart = recipient.slice(0, recipient.lastIndexOf('@')).toLowerCase();
  const [name = ''] = localPart.split('+');
  return Object.hasOwn(misbehaviours, name) ? (misbehaviours[name] ?? {}) : {};
}
