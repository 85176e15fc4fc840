import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Permanent noes of a primary that we do not believe, because they speak of us or of its own settings: our address is on its block list,
 * it wants a login. The mail waits and only a person can mend it, so its people are told. One row for each domain and kind.
 */
export class WhatPrimariesObjectTo20261125140300 implements MigrationInterface {
  name = 'WhatPrimariesObjectTo20261125140300';

  async up(db: QueryRunner): Promise<void> {
    const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;
    await db.query(`
      create table primary_objections (
        domain_id uuid not null references domains on delete cascade,
        tenant_id uuid not null references tenants on delete cascade,
        -- the row of the reply table
        rule text not null,
        reply text not null,
        said_by text not null,
        began_at timestamptz not null,
        last_at timestamptz not null,
        times integer not null default 1,
        primary key (domain_id, rule)
      );
      create index primary_objections_by_time on primary_objections (last_at);
      alter table primary_objections enable row level security;
      create policy own_rows on primary_objections to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
      create policy all_rows on primary_objections to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
      grant select, insert, update on primary_objections to holdfast_relay;
      grant select on primary_objections to holdfast_sentinel, holdfast_api, holdfast_operator;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table primary_objections');
  }
}
