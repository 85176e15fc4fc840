import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A person wants to see how a connection to their primaries goes; a relay tries it, because the way from there is the one that counts. */
export class TryTheWay20261125130100 implements MigrationInterface {
  name = 'TryTheWay20261125130100';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table primary_tests (
        id uuid primary key default gen_random_uuid(),
        tenant_id uuid not null references tenants on delete cascade,
        domain_id uuid not null references domains on delete cascade,
        asked_at timestamptz not null default now(),
        taken_at timestamptz,
        done_at timestamptz,
        -- [{ place, step, isGood, found }], in order
        steps jsonb not null default '[]'
      );
      create index primary_tests_by_tenant on primary_tests (tenant_id, asked_at desc);
      create index primary_tests_open on primary_tests (asked_at) where taken_at is null;
      alter table primary_tests enable row level security;
      create policy own_rows on primary_tests to holdfast_api
        using (tenant_id = nullif(current_setting('holdfast.tenant_id', true), '')::uuid)
        with check (tenant_id = nullif(current_setting('holdfast.tenant_id', true), '')::uuid);
      create policy all_rows on primary_tests to holdfast_relay, holdfast_operator using (true) with check (true);
      grant select, insert, delete on primary_tests to holdfast_api, holdfast_operator;
      grant select, update on primary_tests to holdfast_relay;
      -- The relay tidies up what it counts; nobody else does.
      revoke delete, select (day) on tls_results from holdfast_sentinel;
      grant delete on tls_results to holdfast_relay;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table primary_tests;
      revoke delete on tls_results from holdfast_relay;
      grant delete, select (day) on tls_results to holdfast_sentinel;
    `);
  }
}
