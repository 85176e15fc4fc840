/** What a seed means: which mail comes in, who is killed, and when. The same seed plans the same round. */

export const victims = ['relay', 'postgres', 'ingress', 'everything'] as const;
export type Victim = (typeof victims)[number];

/** What a primary makes of a recipient, by its local part: see tools/fake-primary. And what becomes of mail to it. */
export const deserts = {
  good: 'delivered',
  slow: 'delivered',
  tempfail: 'held',
  refuse: 'refused',
  'hangup-in-data': 'held',
} as const;
export type Manner = keyof typeof deserts;

export interface PlannedMessage {
  number: number;
  to: string[];
  content: Buffer;
}

export interface RoundPlan {
  seed: number;
  domain: string;
  victim: Victim;
  /** of several workers all, or the one that works at the moment */
  killsAll: boolean;
  /** the primary is down while mail comes in, and returns then */
  beginsDown: boolean;
  /** the kill comes when this share of what can be delivered has arrived, and so many milliseconds later */
  killAt: { share: number; laterMs: number };
  connections: number;
  messages: PlannedMessage[];
}

export function planRound(seed: number, wished?: Victim): RoundPlan {
  const random = mulberry(seed);
  const upTo = (n: number): number => Math.floor(random() * n);
  const roll = random();
  const byLot: Victim =
    roll < 0.5 ? 'relay' : roll < 0.7 ? 'postgres' : roll < 0.85 ? 'ingress' : 'everything';
  const killsAll = random() < 0.5;
  const beginsDown = random() < 0.4;
  const killAt = { share: 0.02 + 0.93 * random(), laterMs: upTo(30) };
  const connections = 2 + upTo(9);
  const domain = `round-${seed}.test`;
  const messages = Array.from({ length: 120 + upTo(180) }, (_, n) => planMessage(n + 1, domain, random));
  return {
    seed,
    domain,
    victim: wished ?? byLot,
    killsAll,
    beginsDown,
    killAt,
    connections,
    messages,
  };
}

function planMessage(number: number, domain: string, random: () => number): PlannedMessage {
  const address = (manner: Manner, n: number): string => `${manner}+${number}.${n}@${domain}`;
  const many = Math.floor(random() * 3) + 1;
  // Whoever hangs up takes everybody of the message along, so it gets its own.
  const to =
    random() < 0.015
      ? [address('hangup-in-data', 1)]
      : Array.from({ length: many }, (_, n) => address(mannerBy(random()), n + 1));
  const bytes = random() < 0.05 ? 200_000 : 200 + Math.floor(random() * 8_000);
  return { number, to, content: contentOf(number, to, bytes, random) };
}

const mannerBy = (roll: number): Manner =>
  roll < 0.86 ? 'good' : roll < 0.9 ? 'slow' : roll < 0.95 ? 'tempfail' : 'refuse';

/** Lines of many lengths, some with dots in front, so that what is cut, doubled or unstuffed wrongly shows. */
function contentOf(number: number, to: string[], bytes: number, random: () => number): Buffer {
  const lines = [
    'From: sender@elsewhere.test',
    `To: ${to.join(', ')}`,
    `Subject: message ${number}`,
    `Message-ID: <${number}.${Math.floor(random() * 1e9)}@elsewhere.test>`,
    'Date: Mon, 23 Nov 2026 10:00:00 +0000',
    '',
  ];
  for (let length = 0; length < bytes;) {
    const dots = '.'.repeat(random() < 0.1 ? 1 + Math.floor(random() * 3) : 0);
    const line = `${dots}${Math.floor(random() * 2 ** 32).toString(36)} `.repeat(
      1 + Math.floor(random() * 12),
    );
    lines.push(line);
    length += line.length + 2;
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

/** A small generator with a good spread (mulberry32); nothing here needs more. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
