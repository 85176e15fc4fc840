import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the check of a domain's DNS found, each time somebody had it made; the newest are kept. */
export class WhatChecksFound20261125150000 implements MigrationInterface {
  name = 'WhatChecksFound20261125150000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table dns_checks (
        id uuid primary key default gen_random_uuid(),
        tenant_id uuid not null references tenants on delete cascade,
        domain_id uuid not null references domains on delete cascade,
        checked_at timestamptz not null,
        verdict text not null check (verdict in ('ok', 'warning', 'blocking')),
        summary text not null,
        is_complete boolean not null,
        -- [{ check, group, severity, found, why, advice, publish }], worst first
        findings jsonb not null
      );
      create index dns_checks_by_domain on dns_checks (domain_id, checked_at desc);
      create index dns_checks_by_tenant on dns_checks (tenant_id, checked_at desc);
      alter table dns_checks enable row level security;
      create policy own_rows on dns_checks to holdfast_api
        using (tenant_id = nullif(current_setting('holdfast.tenant_id', true), '')::uuid)
        with check (tenant_id = nullif(current_setting('holdfast.tenant_id', true), '')::uuid);
      create policy all_rows on dns_checks to holdfast_operator using (true) with check (true);
      grant select, insert, delete on dns_checks to holdfast_api, holdfast_operator;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table dns_checks');
  }
}
