import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables whose rows belong to one tenant. A new tenant table belongs in a migration that does for it what this one does. */
const tenantTables = [
  'contacts',
  'members',
  'domains',
  'primaries',
  'recipients',
  'messages',
  'deliveries',
  'settled_deliveries',
  'attempts',
  'domain_counters',
  'outages',
  'notifications',
];

/**
 * Five roles, each with what its program needs and no more (ARCHITECTURE.md, "Who may touch what").
 *
 * `holdfast_api` serves tenants and sees nothing until a transaction says for which tenant it speaks; a forgotten `where` then
 * returns nothing instead of another tenant's mail. `holdfast_operator` serves the provider's staff. The daemons see all rows of
 * the few tables that they work on.
 */
export class WhoMaySeeWhat20261123000100 implements MigrationInterface {
  name = 'WhoMaySeeWhat20261123000100';

  async up(db: QueryRunner): Promise<void> {
    for (const role of [
      'holdfast_ingress',
      'holdfast_relay',
      'holdfast_sentinel',
      'holdfast_api',
      'holdfast_operator',
    ]) {
      // Roles belong to the cluster, not to the database: another Holdfast, or another spec, may have made them already.
      await db.query(
        `do $$ begin create role ${role} login; exception when duplicate_object or unique_violation then null; end $$`,
      );
      await db.query(`grant usage on schema public to ${role}`);
    }
    const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;
    const everyone = 'holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_operator';
    for (const table of tenantTables) {
      await db.query(`alter table ${table} enable row level security`);
      await db.query(
        `create policy own_rows on ${table} to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking})`,
      );
      await db.query(`create policy all_rows on ${table} to ${everyone} using (true) with check (true)`);
    }
    await db.query('alter table tenants enable row level security');
    await db.query(
      `create policy own_rows on tenants to holdfast_api using (id = ${tenantIsSpeaking}) with check (id = ${tenantIsSpeaking})`,
    );
    await db.query(`create policy all_rows on tenants to ${everyone} using (true) with check (true)`);

    const directory = 'tenants, domains, primaries, recipients';
    await db.query(`
      grant select on ${directory}, domain_counters to holdfast_ingress, holdfast_relay, holdfast_sentinel;
      grant select, insert, update on programs to ${everyone}, holdfast_api;
      grant delete on programs to holdfast_sentinel;

      grant select, insert on messages, deliveries to holdfast_ingress;
      grant update on domain_counters to holdfast_ingress;

      grant select, update on messages to holdfast_relay;
      grant select, insert, update, delete on deliveries to holdfast_relay;
      grant select, insert on settled_deliveries, attempts to holdfast_relay;
      grant update on domain_counters to holdfast_relay;
      grant select on outages to holdfast_relay;

      grant select on contacts, messages, deliveries, settled_deliveries to holdfast_sentinel;
      grant select, insert, update on outages, notifications to holdfast_sentinel;

      grant select on messages, deliveries, settled_deliveries, attempts, outages, notifications, domain_counters to holdfast_api, holdfast_operator;
      grant select, insert, update, delete on contacts, members, domains, primaries, recipients to holdfast_api, holdfast_operator;
      grant select, update on tenants to holdfast_api;
      grant select, insert, update, delete on tenants to holdfast_operator;
      -- the levers: hold, release, retry, discard
      grant update, delete on deliveries to holdfast_api, holdfast_operator;
      grant insert on settled_deliveries, attempts to holdfast_api, holdfast_operator;
      grant update on domain_counters to holdfast_api, holdfast_operator;
    `);
    // Which tenants a person belongs to must be known before a tenant can be spoken for; so the api may ask this one question.
    await db.query(`
      create function tenants_of_user(asked_user_id text) returns table (id uuid, name text, role text)
        language sql stable security definer set search_path = public as $$
        select tenants.id, tenants.name, members.role from members join tenants on tenants.id = members.tenant_id
        where members.user_id = asked_user_id order by tenants.name $$;
      revoke all on function tenants_of_user from public;
      grant execute on function tenants_of_user to holdfast_api, holdfast_operator;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function tenants_of_user');
    for (const table of [...tenantTables, 'tenants']) {
      await db.query(
        `drop policy own_rows on ${table}; drop policy all_rows on ${table}; alter table ${table} disable row level security`,
      );
    }
  }
}
