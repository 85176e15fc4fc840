/**
 * A million held deliveries of a thousand tenants: how long a claim and a page of the message list take, and whether port 25 still
 * takes as much as with an empty queue, which is the figure. The million is written to Postgres as the registrar would have; bodies
 * of it are nobody's business here.
 */
import { claimDue } from '@holdfast/queue';
import type { Case } from '../cases';
import { backedUpDomain } from '../contestant';
import { HoldfastHouse } from '../contestants/holdfast';
import { resultOf } from '../figures';
import { freeLoopbackPort } from '../../up/ports';
import { acceptOnce } from './accept';

const load = { messages: 8_000, bytes: 4_096, sessions: 20 };
const looks = 200;

export function bigQueue(name: string, deliveries: number, tenants: number): Case {
  return {
    name,
    async run(place, { rounds, isShort, say }) {
      const [many, few] = isShort ? [2_000, 20] : [deliveries, tenants];
      const rate = isShort ? { ...load, messages: 40 } : load;
      const house = await HoldfastHouse.start(await place.room('holdfast'), {});
      await house.addDomain(backedUpDomain, await freeLoopbackPort());
      const measure = async (queue: string): Promise<number[]> => {
        const rates: number[] = [];
        for (let round = 1; round <= rounds; round++) {
          const { rows } = await house.db.query<{ n: string }>(
            'select sum(received) as n from domain_counters',
          );
          const perSecond = await acceptOnce(house, place, {}, rate, isShort ? 0 : 5_000, Number(rows[0]?.n));
          say(`round ${round}: ${queue} ${perSecond.toFixed(0)} messages/s`);
          rates.push(perSecond);
        }
        return rates;
      };
      const empty = await measure('empty queue');
      await fill(house, many, few);
      say(`claim: p99 ${(await p99(() => claim(house, few))).toFixed(1)} ms`);
      say(`page of the message list: p99 ${(await p99(pager(house))).toFixed(1)} ms`);
      const full = await measure('big queue');
      const middle = (values: number[]): number =>
        values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
      const shares = full.map((value) => value / middle(empty));
      return resultOf(name, "of the empty queue's rate", new Map([['holdfast', shares]]));
    },
  };
}

async function fill({ db }: HoldfastHouse, deliveries: number, tenants: number): Promise<void> {
  await db.query(`insert into tenants (name) select 'Tenant ' || n from generate_series(1, $1::int) n`, [
    tenants,
  ]);
  await db.query(
    `insert into domains (tenant_id, name, state) select id, 'held-' || substr(name, 8) || '.test', 'active' from tenants where name ~ '^Tenant [0-9]+$'`,
  );
  await db.query(
    `with numbered as (select d.id, d.tenant_id, row_number() over (order by d.id) - 1 as place from domains d where d.name like 'held-%'),
      made as (
        select lpad(to_hex(1750000000000 + n), 12, '0') || '7000' || '8' || lpad(to_hex(n), 11, '0') || '0000' as hex, n
        from generate_series(1, $1::int) n
      ), message as (
        insert into messages (id, tenant_id, node, sender, bytes, received_at, scan)
        select hex::uuid, tenant_id, 'mx.holdfast.test', 'sender@elsewhere.test', 4096, now(), 'not-scanned' from made join numbered on place = n % $2::int
      )
    insert into deliveries (id, message_id, tenant_id, domain_id, node, recipient, bytes, state, next_attempt_at, expires_at)
    select (left(hex, 28) || '0001')::uuid, hex::uuid, tenant_id, numbered.id, 'mx.holdfast.test', 'somebody@held.test', 4096, 'held', now(), now() + interval '30 days'
    from made join numbered on place = n % $2::int`,
    [deliveries, tenants],
  );
  await db.query(
    `update domain_counters c set held = n, received = c.received + n, held_bytes = b
     from (select domain_id, count(*) as n, sum(bytes) as b from deliveries where domain_id in (select id from domains where name like 'held-%') group by 1) d
     where d.domain_id = c.domain_id`,
  );
  await db.query('analyze messages, deliveries, domain_counters');
}

/** As a lane does it, of one domain after the other; the claim is given up again. */
async function claim({ db }: HoldfastHouse, tenants: number): Promise<void> {
  const client = await db.connect();
  try {
    const name = `held-${1 + Math.floor(Math.random() * tenants)}.test`;
    const { rows } = await client.query<{ id: string }>('select id from domains where name = $1', [name]);
    await client.query('begin');
    const began = performance.now();
    await claimDue(client, {
      ...{
        domainId: rows[0]?.id ?? '',
        node: 'mx.holdfast.test',
        worker: 'bench',
        limit: 500,
        leaseSeconds: 900,
      },
    });
    lastMs = performance.now() - began;
    await client.query('rollback');
  } finally {
    client.release();
  }
}

/** what the last look took, without what it needed around it */
let lastMs = 0;

function pager(house: HoldfastHouse): () => Promise<void> {
  const pages = ['', '&state=held', '&domain=held-7.test', '&domain=held-7.test&state=held'];
  let n = 0;
  return async () => {
    const began = performance.now();
    await house.api('GET', `/deliveries?limit=50${pages[n++ % pages.length]}`);
    lastMs = performance.now() - began;
  };
}

async function p99(look: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < looks; n++) {
    await look();
    times.push(lastMs);
  }
  return times.toSorted((a, b) => a - b)[Math.ceil(looks * 0.99) - 1] ?? NaN;
}
