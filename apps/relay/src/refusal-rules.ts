/**
 * When is a permanent no believed, and when is it a server that came back empty? Knowledge as data: docs/refusal-waves.md prints it.
 *
 * A refusal ends a delivery for good, so it is believed only of a server that is itself. After an outage (a lane that was closed and
 * opened again) the server has to show that first; until then a refusal is *doubted*: the delivery stays held and is offered again.
 * When the doubts add up, they are a *wave*: nothing of the domain is offered any more until somebody decides.
 *
 * All numbers count distinct recipients of one domain since its primary came back.
 */
export interface Evidence {
  /** of which the primary took mail; `postmaster` and its like do not count, every fresh server has them */
  accepted: number;
  refused: number;
  /** of the refused those who were known: listed by the tenant, known to call-ahead, or given mail before */
  knownRefused: number;
  /** the same over all domains of the lane: an empty server with a thousand domains shows itself by one message of each */
  laneAccepted: number;
  laneRefused: number;
  /** since the primary came back */
  ageMs: number;
}

interface Rule {
  name: string;
  holds(evidence: Evidence): boolean;
  because: string;
}

const minute = 60_000;
const hour = 60 * minute;

/** After an outage: the first that holds makes it a wave. */
export const waveRules: Rule[] = [
  {
    name: 'known-refused',
    // A third, so that three people who left a company of a hundred do not stop the mail of the others.
    holds: ({ knownRefused, accepted }) => knownRefused >= 3 && knownRefused * 2 >= accepted,
    because: 'three recipients that it once knew are unknown now, and they are a third or more of all',
  },
  {
    name: 'nobody-accepted',
    holds: ({ refused, accepted }) => accepted === 0 && refused >= 10,
    because: 'ten recipients were refused and nobody was accepted',
  },
  {
    name: 'nobody-accepted-on-the-lane',
    holds: ({ laneRefused, laneAccepted, accepted }) =>
      laneAccepted === 0 && accepted === 0 && laneRefused >= 10,
    because: 'ten recipients of the domains on this server were refused and nobody was accepted',
  },
  {
    name: 'nearly-all-refused',
    holds: ({ refused, accepted }) => refused + accepted >= 20 && refused >= accepted * 9,
    because: 'of twenty recipients nine in ten were refused',
  },
];

/** After an outage, and no wave: the first that holds makes the server itself again; from then on it is believed. */
export const proofs: Rule[] = [
  {
    name: 'twenty-answers',
    holds: ({ refused, accepted }) => refused + accepted >= 20,
    because: 'twenty answers without a wave: what it refuses, it refuses for a reason',
  },
  {
    name: 'an-hour',
    holds: ({ accepted, ageMs }) => accepted > 0 && ageMs >= hour,
    because: 'it takes mail, and whoever restores a server is done by then or has stopped it again',
  },
  {
    name: 'a-day',
    holds: ({ ageMs }) => ageMs >= 24 * hour,
    because: 'a handful of refusals and nobody ever accepted: mail to nobody, as backup servers get it',
  },
];

/** Before the proof: a refusal of a recipient that was never known is believed as soon as this holds. */
export const believable: Rule = {
  name: 'as-many-accepted',
  holds: ({ accepted, refused }) => accepted > 0 && accepted >= refused,
  because: 'it took mail for at least as many as it refused, so it has its mailboxes',
};

/** In peace a refusal is believed. But so many known recipients refused, and nobody accepted in between, are a wave at any time. */
export const knownRefusedInPeace = 3;

/** Mailboxes that a freshly installed server has, too. */
export const everyServerHas = new Set([
  'postmaster',
  'abuse',
  'root',
  'hostmaster',
  'webmaster',
  'mailer-daemon',
  'admin',
  'administrator',
]);

/** While a wave is open one message is offered so often: a server that was mended gets its mail although nobody clicked. */
export const waveTryAgainMs = 15 * minute;

/** How long a tenant's "give up" is good for; then the next outage is watched again as any other. */
export const givenUpForHours = 24;
