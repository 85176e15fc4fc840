import type { Queryable } from './queryable';

/**
 * What can end a wave of refusals. `retry`: its mail is offered again, gently. `give-up`: the refusals count. `redirect`: the mail
 * goes elsewhere. `recovered`: nobody decided; the primary took mail again.
 */
export const waveDecisions = ['retry', 'give-up', 'redirect', 'recovered'] as const;
export type WaveDecision = (typeof waveDecisions)[number];

export interface NewWave {
  tenantId: string;
  domainId: string;
  /** the name of the rule that saw it */
  rule: string;
  /** one of the refusals, word for word */
  reply: string;
  /** host:port that spoke it */
  saidBy: string;
  refused: number;
  knownRefused: number;
  accepted: number;
}

/** Begins a wave for a domain; does nothing when one is open. */
export async function openWave(db: Queryable, wave: NewWave): Promise<void> {
  await db.query({
    name: 'open-wave',
    text: `
      insert into refusal_waves (tenant_id, domain_id, rule, reply, said_by, refused, known_refused, accepted)
      values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (domain_id) where decision is null do nothing`,
    values: [
      wave.tenantId,
      wave.domainId,
      wave.rule,
      wave.reply.slice(0, 2_000),
      wave.saidBy,
      wave.refused,
      wave.knownRefused,
      wave.accepted,
    ],
  });
}

/** Ends a domain's open wave. @returns whether there was one that `db` may see */
export async function endWave(
  db: Queryable,
  { domainId, decision, by }: { domainId: string; decision: WaveDecision; by: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    'update refusal_waves set decision = $2, decided_by = $3, decided_at = now() where domain_id = $1 and decision is null',
    [domainId, decision, by],
  );
  return (rowCount ?? 0) > 0;
}

/** Which domains wait because of an open wave, and of which the tenant said lately that refusals count. */
export interface WaveStanding {
  open: string[];
  givenUp: { domainId: string; at: Date }[];
}

/** @param givenUpForHours how long a tenant's "give up" is good for */
export async function readWaves(db: Queryable, givenUpForHours: number): Promise<WaveStanding> {
  const { rows } = await db.query<{ domain_id: string; decided_at: Date | null }>(
    `select domain_id, null::timestamptz as decided_at from refusal_waves where decision is null
     union all
     select domain_id, max(decided_at) from refusal_waves
     where decision = 'give-up' and decided_at > now() - make_interval(hours => $1) group by domain_id`,
    [givenUpForHours],
  );
  return {
    open: rows.flatMap(({ domain_id, decided_at }) => (decided_at ? [] : [domain_id])),
    givenUp: rows.flatMap(({ domain_id, decided_at }) =>
      decided_at ? [{ domainId: domain_id, at: decided_at }] : [],
    ),
  };
}

/** Bounds what one question costs; who got nothing in a domain's last thousands of deliveries is no strong evidence anyway. */
const looksBack = 5_000;

/**
 * Which of these recipients a primary once knew: it took mail of ours for them among the domain's last deliveries, or said yes when
 * it was asked ahead.
 */
export async function knownAmong(
  db: Queryable,
  domainId: string,
  recipients: string[],
): Promise<Set<string>> {
  const { rows } = await db.query<{ recipient: string }>({
    name: 'known-among',
    text: `
      select asked.recipient from unnest($2::text[]) as asked (recipient)
      where lower(asked.recipient) in (
        select lower(recipient) from (
          select recipient, state from settled_deliveries where domain_id = $1 order by id desc limit ${looksBack}
        ) last where state = 'delivered'
      ) or exists (
        select from recipient_answers a where a.domain_id = $1 and a.is_known
          and lower(a.local_part) = lower(left(asked.recipient, -position('@' in reverse(asked.recipient))))
      )`,
    values: [domainId, recipients],
  });
  return new Set(rows.map(({ recipient }) => recipient));
}
