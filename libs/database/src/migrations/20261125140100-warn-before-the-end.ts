import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Up to which moment a domain's people have heard of what ends: what expires until then was told, or what failed. A mail is written when
 * something lies behind it, and moves it; so a fact is told once, and a domain's people get no mail for each message.
 */
export class WarnBeforeTheEnd20261125140100 implements MigrationInterface {
  name = 'WarnBeforeTheEnd20261125140100';

  async up(db: QueryRunner): Promise<void> {
    const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;
    await db.query(`
      create table told_until (
        domain_id uuid not null references domains on delete cascade,
        tenant_id uuid not null references tenants on delete cascade,
        what text not null check (what in ('expiry-72', 'expiry-24', 'failures')),
        until timestamptz not null,
        primary key (domain_id, what)
      );
      alter table told_until enable row level security;
      create policy own_rows on told_until to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
      create policy all_rows on told_until to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
      grant select, insert, update on told_until to holdfast_sentinel;
      grant select on told_until to holdfast_api, holdfast_operator;
      create index reports_by_time on reports (settled_at);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index reports_by_time; drop table told_until');
  }
}
