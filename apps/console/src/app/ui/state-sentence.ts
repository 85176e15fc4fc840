import type { Domain, Outage } from '../http/contract';
import type { Tone } from './tones';
import { count, messages, spoken } from './words-of-time';

/** One sentence that a worried person can act on: first how it stands, then why, how much, and what comes next. */
export interface StateSentence {
  readonly tone: Tone;
  readonly headline: string;
  readonly rest: string;
}

/** Said where the state could not be read. */
export const notKnown: StateSentence = {
  tone: 'unknown',
  headline: 'Not known right now.',
  rest: 'What this page shows could not be read.',
};

export interface Situation {
  readonly domains: readonly Domain[];
  readonly outages: readonly Outage[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Staff of the provider look at everybody's mail, not at their own. */
  readonly isOperator?: boolean;
}

/** Mail that would be given up within this time needs a person now. */
const lastCallMs = 48 * 60 * 60 * 1_000;
/** For this long after the end of an outage the sentence speaks of the outage that is over. */
const reliefMs = 60 * 60 * 1_000;
const dayMs = 24 * 60 * 60 * 1_000;

/** Puts the situation into words; the most urgent thing wins. */
export function stateSentence({ domains, outages, now, isOperator = false }: Situation): StateSentence {
  if (domains.length === 0) {
    return isOperator
      ? {
          tone: 'unknown',
          headline: 'No domain yet.',
          rest: 'When the first tenant adds one, its state stands here.',
        }
      : {
          tone: 'unknown',
          headline: 'Nothing is backed up yet.',
          rest: 'Add your first domain; from then on its mail is safe when your server is away.',
        };
  }
  const whose = isOperator ? 'All mail' : 'Your mail';
  const down = domains.filter((domain) => domain.outage !== null);
  const waiting = domains.filter((domain) => waits(domain) > 0);
  const lastCall = waiting.filter((domain) => leftMs(domain, now) < lastCallMs);

  if (lastCall.length > 0) {
    const [first] = lastCall.toSorted((a, b) => leftMs(a, now) - leftMs(b, now));
    if (first) {
      return {
        tone: 'trouble',
        headline: 'Mail is waiting for you.',
        rest: `${messages(waits(first))} for ${first.domain} ${waits(first) === 1 ? 'is' : 'are'} held here, but the oldest can wait only ${more(leftMs(first, now))}.`,
      };
    }
  }
  if (down.length > 0)
    return { tone: 'holding', headline: `${whose} is safe.`, rest: aboutOutages(down, now) };
  if (waiting.length > 0) return aboutWaiting(waiting, outages, whose);

  const relief = justDelivered(domains, outages, now);
  if (relief) return relief;

  const active = domains.filter((domain) => domain.state === 'active');
  if (active.length === 0) {
    const [only] = domains;
    return {
      tone: 'unknown',
      headline: 'Not backed up yet.',
      rest:
        domains.length === 1 && only
          ? `${only.domain} ${only.state === 'pending' ? 'is not verified' : 'is suspended'}, so mail for it is not accepted here.`
          : 'None of your domains is active, so no mail is accepted for them here.',
    };
  }
  return {
    tone: 'safe',
    headline: 'All quiet.',
    rest: `${backedUp(active)}; nothing is waiting.${lastOutage(outages, now)}`,
  };
}

function aboutOutages(down: readonly Domain[], now: number): string {
  const held = down.reduce((sum, domain) => sum + waits(domain), 0);
  const since = Math.min(...down.map((domain) => Date.parse(domain.outage?.beganAt ?? '')));
  const [only] = down;
  const who =
    down.length === 1 && only
      ? `${only.domain} has been down for ${spoken(now - since)}`
      : `${count(down.length)} domains are down, the longest for ${spoken(now - since)}`;
  if (held === 0) return `${who}; no message has come in since, and the next one will be held here.`;
  const left = Math.min(...down.filter((domain) => waits(domain) > 0).map((domain) => leftMs(domain, now)));
  const wait = Number.isFinite(left) ? `; ${held === 1 ? 'it' : 'the oldest'} can wait ${more(left)}` : '';
  return `${who}; ${messages(held)} ${held === 1 ? 'is' : 'are'} held here${wait}.`;
}

/** Whoever was woken by an outage wants to read that it is over, not that nothing is the matter. */
function justDelivered(
  domains: readonly Domain[],
  outages: readonly Outage[],
  now: number,
): StateSentence | undefined {
  const names = new Set(domains.map((domain) => domain.domain));
  const [last] = outages
    .filter((outage) => names.has(outage.domain))
    .toSorted((a, b) => Date.parse(b.beganAt) - Date.parse(a.beganAt));
  if (!last?.endedAt || last.messagesHeld === 0 || now - Date.parse(last.endedAt) > reliefMs)
    return undefined;
  // Everything is out and the outage's own account of it follows in a moment: no figures until then.
  if (!last.drainedAt)
    return { tone: 'safe', headline: 'Nothing is waiting.', rest: `${last.domain} answers again.` };
  const { messagesHeld: held, delivered, domain, endedAt } = last;
  const since = `${domain} has answered again for ${spoken(now - Date.parse(endedAt))}`;
  if (delivered < held)
    return {
      tone: 'safe',
      headline: 'Nothing is waiting.',
      rest: `${since}; ${count(delivered)} of ${messages(held)} that were held for it were delivered.`,
    };
  return {
    tone: 'safe',
    headline: 'All delivered.',
    rest: `${since}; ${held === 1 ? 'the message' : `all ${messages(held)}`} held for it ${held === 1 ? 'was' : 'were'} delivered.`,
  };
}

function aboutWaiting(waiting: readonly Domain[], outages: readonly Outage[], whose: string): StateSentence {
  const left = waiting.reduce((sum, domain) => sum + waits(domain), 0);
  const names = new Set(waiting.map((domain) => domain.domain));
  const draining = outages.filter(
    (outage) => outage.endedAt && !outage.drainedAt && names.has(outage.domain),
  );
  const [only] = waiting;
  const where = waiting.length === 1 && only ? only.domain : `${count(waiting.length)} domains`;
  if (draining.length > 0) {
    const delivered = draining.reduce((sum, outage) => sum + outage.delivered, 0);
    const done =
      delivered > 0 ? `${messages(delivered)} delivered, ${count(left)} to go` : `${messages(left)} to go`;
    return {
      tone: 'holding',
      headline: `${whose} is on its way.`,
      rest: `${where} ${waiting.length === 1 ? 'answers' : 'answer'} again; ${done}, oldest first.`,
    };
  }
  return {
    tone: 'holding',
    headline: `${whose} is safe.`,
    rest: `${messages(left)} for ${where} ${left === 1 ? 'waits' : 'wait'} for the next try.`,
  };
}

/** "29 more days". */
function more(ms: number): string {
  return ms < 60_000 ? 'less than a minute' : spoken(ms).replace(' ', ' more ');
}

function waits(domain: Domain): number {
  return domain.counts.held + domain.counts.sending;
}

/** How long the oldest message of a domain can still wait. Where that is not known yet (the first message has just come in), the outage's begin gives a floor. */
function leftMs(domain: Domain, now: number): number {
  if (domain.oldestExpiresAt) return Date.parse(domain.oldestExpiresAt) - now;
  if (domain.outage) return Date.parse(domain.outage.beganAt) + domain.retentionDays * dayMs - now;
  return Number.POSITIVE_INFINITY;
}

function backedUp(active: readonly Domain[]): string {
  const [only] = active;
  return active.length === 1 && only
    ? `${only.domain} is backed up`
    : `${count(active.length)} domains are backed up`;
}

function lastOutage(outages: readonly Outage[], now: number): string {
  const ends = outages.flatMap((outage) => (outage.endedAt ? [Date.parse(outage.endedAt)] : []));
  return ends.length === 0 ? '' : ` The last outage ended ${spoken(now - Math.max(...ends))} ago.`;
}
