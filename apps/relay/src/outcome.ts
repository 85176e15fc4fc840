/**
 * Turns what a primary said about one recipient into what becomes of the delivery.
 *
 * Takes the server's own words. 2xx is delivered, 5xx refused, everything else (also what is no reply at all) deferred: the
 * unknown is temporary. A few permanent noes are not believed, because they speak of a server that is not set up yet and not of
 * the recipient; believing them would destroy a queue on the day somebody restores a machine.
 */
export type Verdict = 'delivered' | 'deferred' | 'refused';

interface Disbelief {
  pattern: RegExp;
  /** what it really means */
  because: string;
}

/** 5xx replies that we try again all the same, each with the server that says so. */
export const disbelieved: Disbelief[] = [
  // Postfix with an empty relay_domains or mydestination: "554 5.7.1 <a@b>: Relay access denied"
  {
    pattern: /relay(ing)? (access )?(is )?(denied|prohibited|not permitted|not allowed)/i,
    because: 'the primary does not know yet that the domain is its own',
  },
  // Exim without the domain in local_domains: "550 relay not permitted"
  {
    pattern: /not permitted to relay|unable to relay|relay not permitted/i,
    because: 'the primary does not know yet that the domain is its own',
  },
  // Exchange with no accepted domain: "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"
  {
    pattern: /non-accepted domain|domain (is )?not (hosted|served) here/i,
    because: 'the primary does not know yet that the domain is its own',
  },
  // Greylisters that say it with a 5xx: "550 Greylisted, please try again later"
  {
    pattern: /grey-?list|try again later|temporar(y|ily)/i,
    because: 'a greylist that answers with the wrong class',
  },
  // Our addresses blocked: an allow-list on the primary mends it. "554 5.7.1 Service unavailable; Client host [x] blocked using y"
  {
    pattern: /client host .* (blocked|rejected)|blocked using|listed (at|in|on|by) \S*(rbl|bl\.|spamhaus)/i,
    because: 'the primary blocks us, not the message',
  },
];

/** @param reply the whole reply, as the primary sent it */
export function verdictOf(reply: string): Verdict {
  const code = /^([2-5])\d\d/.exec(reply)?.[1];
  if (code === '2') return 'delivered';
  if (code !== '5') return 'deferred';
  return disbelieved.some(({ pattern }) => pattern.test(reply)) ? 'deferred' : 'refused';
}
