import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How firmly each tenant wants to be guarded, and whom it allows or blocks. A tenant without a row has the provider's defaults,
 * which are the defaults of the columns: so a hundred thousand tenants without wishes cost nothing.
 */
export class WhatEachTenantFilters20261124000100 implements MigrationInterface {
  name = 'WhatEachTenantFilters20261124000100';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table tenant_filters (
        tenant_id uuid primary key references tenants on delete cascade,
        spam text not null default 'refuse' check (spam in ('refuse', 'defer', 'quarantine', 'tag')),
        malware text not null default 'refuse' check (malware in ('refuse', 'defer', 'quarantine')),
        -- senders and networks of the tenant's own block list
        blocked text not null default 'refuse' check (blocked in ('refuse', 'defer', 'quarantine')),
        -- a sender that claims to be in the held domain itself, and cannot show it
        own_domain text not null default 'accept' check (own_domain in ('accept', 'refuse', 'defer', 'quarantine')),
        -- a recipient that the primary, when it was asked, did not know
        unknown_recipient text not null default 'refuse' check (unknown_recipient in ('refuse', 'defer')),
        -- scores from which mail is spam, or is delivered with a mark; null means: as rspamd is configured
        reject_score real check (reject_score between 1 and 1000),
        tag_score real check (tag_score between 0 and 1000)
      );

      create table filter_rules (
        id uuid primary key default gen_random_uuid(),
        tenant_id uuid not null references tenants on delete cascade,
        verdict text not null check (verdict in ('allow', 'block')),
        -- an address, a domain (its subdomains too), an IP address or a network; one that is in both lists is allowed
        pattern text not null check (pattern = lower(pattern) and length(pattern) between 1 and 320),
        created_at timestamptz not null default now(),
        unique (tenant_id, verdict, pattern)
      );
    `);
    const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;
    for (const table of ['tenant_filters', 'filter_rules']) {
      await db.query(`
        alter table ${table} enable row level security;
        create policy own_rows on ${table} to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
        create policy all_rows on ${table} to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
        grant select on ${table} to holdfast_ingress, holdfast_relay, holdfast_sentinel;
        grant select, insert, update, delete on ${table} to holdfast_api, holdfast_operator;
      `);
      for (const [event, rows] of [
        ['insert', 'new'],
        ['update', 'new'],
        ['delete', 'old'],
      ])
        await db.query(`create trigger tell_${event} after ${event} on ${table} referencing ${rows} table as changed_rows
          for each statement execute function tell_of_changed_directory('tenants', 'tenant_id')`);
    }
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table tenant_filters, filter_rules');
  }
}
