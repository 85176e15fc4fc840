import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How full each tenant's queue was when it was last told, so that a crossing is told once, by one sentinel, also over a restart. A
 * tenant whose queue never filled has no row.
 */
export class HowFullQueuesAre20261125110300 implements MigrationInterface {
  name = 'HowFullQueuesAre20261125110300';

  async up(db: QueryRunner): Promise<void> {
    const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;
    await db.query(`
      create table queue_levels (
        tenant_id uuid primary key references tenants on delete cascade,
        -- of a hundred; falls later than it rose, so that a queue at the edge is not told again and again
        level smallint not null default 0 check (level in (0, 80, 100)),
        -- names the last rise, for the notification that tells of it
        crossing uuid,
        crossed_at timestamptz,
        -- when port 25 last had no room for a message: the last bytes of a queue are never quite used up
        refused_at timestamptz
      ) with (fillfactor = 50);
      alter table queue_levels enable row level security;
      create policy own_rows on queue_levels to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
      create policy all_rows on queue_levels to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
      grant select, insert, update on queue_levels to holdfast_sentinel;
      grant select, insert, update (refused_at) on queue_levels to holdfast_ingress;
      grant select on queue_levels to holdfast_api, holdfast_operator;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table queue_levels');
  }
}
