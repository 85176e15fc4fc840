import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import { endWave, type Queryable } from '@holdfast/queue';
import { byWhom, permit, type Actor } from '../access/actor';
import { findDomainId } from '../domains/domain-sql';
import { LOG } from '../http/log';
import { partOf } from '../http/page';
import { Conflict, Invalid, NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { comesAfter, cursorValues, microsOf, pageByTime, type TimeKey } from '../http/time-cursor';
import { RedirectsService } from '../redirects/redirects.service';
import type { RefusalWave, RefusalWavePage, WavesQuery, WaveWord } from './waves.dto';

/** Shows waves of refusals and takes the word of people on them. The relay sees them and acts on the word. */
@Injectable()
export class WavesService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly redirects: RedirectsService,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async list(actor: Actor, query: WavesQuery): Promise<RefusalWavePage> {
    const asking = permit(actor, 'read-overview');
    const { domain, limit } = query;
    const cursor = cursorValues(query.after);
    let isKnown = domain === undefined;
    const parts = await this.database.each(asking, async ({ db }) => {
      const domainId = domain === undefined ? undefined : await findDomainId(db, domain);
      if (domain !== undefined && domainId === undefined) return partOf<Row>([], limit);
      isKnown = true;
      const rows = await listWaves(db, [...cursor, domainId ?? null, query.open ?? null, null, limit + 1]);
      return partOf(rows, limit);
    });
    if (!isKnown) throw new NotHere('domain of this name');
    return pageByTime(parts, limit);
  }

  /** @throws Conflict when no wave of the domain waits for a word */
  async decide(actor: Actor, { domain, decision, to }: WaveWord): Promise<RefusalWave> {
    // Where mail goes is a matter of the domain; whether it goes is one of the mail.
    const asking = permit(actor, decision === 'redirect' ? 'change-domains' : 'move-messages');
    if ((decision === 'redirect') !== (to !== undefined))
      throw new Invalid([{ field: 'to', message: 'belongs to "redirect", which needs it' }]);
    const by = byWhom(actor);
    const wave = await this.database.first(asking, async ({ db }) => {
      const domainId = await findDomainId(db, domain);
      if (!domainId) return undefined;
      const [open] = await listWaves(db, [null, null, domainId, true, null, 1]);
      if (!open || !(await endWave(db, { domainId, decision, by }))) throw noWave();
      if (to) await this.redirects.write(db, domainId, to, by);
      const [decided] = await listWaves(db, [null, null, domainId, null, open.id, 1]);
      return decided;
    });
    if (!wave) throw new NotHere('domain of this name');
    this.log('changed-by-person', { what: `wave of refusals: ${decision}`, domain: wave.domain, by });
    return withoutKey(wave);
  }
}

const noWave = (): Conflict =>
  new Conflict(
    'no-open-wave',
    'Nothing to decide',
    'No wave of refusals waits for a decision: the primary takes the mail of this domain, or it was decided already.',
  );

type Row = RefusalWave & TimeKey;

const withoutKey = (wave: Row): RefusalWave =>
  pageByTime([{ items: [wave], hasMore: false }], 1).items[0] as RefusalWave;

async function listWaves(db: Queryable, values: unknown[]): Promise<Row[]> {
  const { rows } = await db.query<Row>(
    `select w.id, ${microsOf('w.began_at')}, d.name as domain, t.name as tenant, w.began_at as "beganAt", w.rule, w.reply, w.said_by as "saidBy",
       w.refused, w.known_refused as "knownRefused", w.accepted, c.held, w.decision, w.decided_at as "decidedAt"
     from refusal_waves w
     join domains d on d.id = w.domain_id
     join tenants t on t.id = w.tenant_id
     join domain_counters c on c.domain_id = w.domain_id
     where ${comesAfter('w.began_at', 'w.id')}
       and ($3::uuid is null or w.domain_id = $3)
       and ($4::boolean is null or (w.decision is null) = $4)
       and ($5::uuid is null or w.id = $5)
     order by w.began_at desc, w.id
     limit $6`,
    values,
  );
  return rows;
}
