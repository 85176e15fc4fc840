import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A lever pulled on more deliveries than one statement should move: worked off in pages, by whichever api process is there. */
export class LeversOnMany20261125120300 implements MigrationInterface {
  name = 'LeversOnMany20261125120300';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table jobs (
        id uuid primary key default gen_random_uuid(),
        tenant_id uuid not null references tenants on delete cascade,
        lever text not null check (lever in ('retry', 'hold', 'release', 'discard')),
        -- which deliveries: null means all
        domain_id uuid,
        delivery_state delivery_state check (delivery_state in ('held', 'quarantined')),
        -- what is received later is not meant
        before_id uuid not null,
        state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'stopped', 'failed')),
        expected bigint not null,
        -- how many it has come by, how many of those it changed, and the last one
        looked bigint not null default 0,
        changed bigint not null default 0,
        after_id uuid not null default '00000000-0000-0000-0000-000000000000',
        failures integer not null default 0,
        made_by text not null,
        made_at timestamptz not null default now(),
        worked_at timestamptz,
        ended_at timestamptz,
        lease_until timestamptz
      );
      create index jobs_to_do on jobs (worked_at nulls first, made_at) where state in ('waiting', 'running');
      create index jobs_by_tenant on jobs (tenant_id, made_at desc, id);

      alter table jobs enable row level security;
      create policy own_rows on jobs to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
      create policy all_rows on jobs to holdfast_operator using (true) with check (true);
      grant select, insert, update on jobs to holdfast_api, holdfast_operator;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table jobs');
  }
}

const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;
