import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a domain's mail goes in place of its primaries for a while, and how fast its primaries want to be given mail. */
export class SendElsewhere20261125120100 implements MigrationInterface {
  name = 'SendElsewhere20261125120100';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table redirects (
        domain_id uuid primary key references domains on delete cascade,
        tenant_id uuid not null references tenants on delete cascade,
        host text not null check (length(host) between 1 and 253),
        port integer not null default 25 check (port between 1 and 65535),
        tls_policy text not null default 'opportunistic' check (tls_policy in ('none', 'opportunistic', 'required')),
        -- taken back by a person, or by the end of the outage that it was made for
        until text not null check (until in ('taken-back', 'outage-ends')),
        made_by text not null,
        made_at timestamptz not null default now()
      );
      alter table redirects enable row level security;
      create policy own_rows on redirects to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
      create policy all_rows on redirects to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
      grant select on redirects to holdfast_ingress, holdfast_relay, holdfast_sentinel;
      grant select, insert, update, delete on redirects to holdfast_api, holdfast_operator;

      -- null means: what the relay allows itself
      alter table domains
        add max_connections integer check (max_connections between 1 and 200),
        add max_messages_per_minute integer check (max_messages_per_minute between 1 and 100000);
    `);
    for (const [event, rows] of [
      ['insert', 'new'],
      ['update', 'new'],
      ['delete', 'old'],
    ])
      await db.query(`create trigger tell_${event} after ${event} on redirects referencing ${rows} table as changed_rows
        for each statement execute function tell_of_changed_directory('domains', 'domain_id')`);
    await db.query(endsWithTheOutage);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger redirect on outages; drop function redirect_ends_with_outage; drop table redirects;
      alter table domains drop max_connections, drop max_messages_per_minute;
    `);
  }
}

const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;

const endsWithTheOutage = `
  create function redirect_ends_with_outage() returns trigger language plpgsql security definer set search_path = public as $$
  begin
    if new.ended_at is not null and old.ended_at is null then
      delete from redirects where domain_id = new.domain_id and until = 'outage-ends';
    end if;
    return null;
  end $$;
  create trigger redirect after update of ended_at on outages for each row execute function redirect_ends_with_outage();
`;
