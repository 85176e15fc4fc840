import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a provider sells: limits with a name, between the provider's defaults and a tenant's own values. A price may come to stand
 * beside them one day; what port 25 asks does not change by it.
 *
 * Which of three words applies is said here, once: `tenant_limits` has the tenant's own value, else its plan's; null means the
 * provider's default. `domain_limits` has the stricter of that and the domain's own, because a domain's owner chooses below
 * what was agreed and never above it.
 */
export class PlansAndTheirLimits20261125110100 implements MigrationInterface {
  name = 'PlansAndTheirLimits20261125110100';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table plans (
        id uuid primary key default gen_random_uuid(),
        name text not null unique check (length(name) between 1 and 100),
        -- null means: the provider's default applies
        max_held_messages bigint check (max_held_messages >= 0),
        max_held_bytes bigint check (max_held_bytes >= 0),
        max_message_bytes bigint check (max_message_bytes >= 0),
        max_recipients_per_message integer check (max_recipients_per_message >= 1),
        max_messages_per_hour integer check (max_messages_per_hour >= 0),
        retention_days integer check (retention_days between 1 and 90),
        created_at timestamptz not null default now()
      );
      alter table tenants
        add plan_id uuid references plans,
        add retention_days integer check (retention_days between 1 and 90);
      create index tenants_by_plan on tenants (plan_id) where plan_id is not null;
      -- Nobody could choose it so far, so what is there is the default of then.
      alter table domains alter retention_days drop not null, alter retention_days drop default;
      update domains set retention_days = null where retention_days = 30;

      alter table plans enable row level security;
      -- A plan may have been made for one customer: others do not see it.
      create policy own_plan on plans for select to holdfast_api using (exists (select from tenants where tenants.plan_id = plans.id));
      create policy all_rows on plans to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
      grant select on plans to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_api, holdfast_operator;
      grant insert, update, delete on plans to holdfast_operator;

      create view tenant_limits with (security_invoker = true) as
        select t.id as tenant_id,
          coalesce(t.max_held_messages, p.max_held_messages) as max_held_messages,
          coalesce(t.max_held_bytes, p.max_held_bytes) as max_held_bytes,
          coalesce(t.max_message_bytes, p.max_message_bytes) as max_message_bytes,
          coalesce(t.max_recipients_per_message, p.max_recipients_per_message) as max_recipients_per_message,
          coalesce(t.max_messages_per_hour, p.max_messages_per_hour) as max_messages_per_hour,
          coalesce(t.retention_days, p.retention_days, ${usualRetentionDays}) as retention_days
        from tenants t left join plans p on p.id = t.plan_id;
      -- "least" passes over nulls: the stricter of two words, or the only one.
      create view domain_limits with (security_invoker = true) as
        select d.id as domain_id, d.tenant_id, l.max_held_messages, l.max_held_bytes, l.max_recipients_per_message,
          least(d.max_message_bytes, l.max_message_bytes) as max_message_bytes,
          least(d.max_messages_per_hour, l.max_messages_per_hour) as max_messages_per_hour,
          least(d.retention_days, l.retention_days) as retention_days
        from domains d join tenant_limits l on l.tenant_id = d.tenant_id;
      grant select on tenant_limits, domain_limits to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_api, holdfast_operator;
    `);
    // Who has the plan is told, not the plan: port 25 knows tenants. A hundred ids fit one notice. To read two thousand tenants anew
    // is still done within the second that was promised; above that, to read everything costs no more.
    await db.query(`
      create function tell_of_changed_plans() returns trigger language plpgsql as $$
      declare ids text[];
      begin
        if (select count(*) from tenants t join changed_rows c on c.id = t.plan_id) > 2000 then
          perform pg_notify('holdfast_directory', '{}');
          return null;
        end if;
        for ids in
          select array_agg(id::text) from (
            select t.id, (row_number() over (order by t.id) - 1) / 100 as batch from tenants t join changed_rows c on c.id = t.plan_id
          ) numbered group by batch
        loop
          perform pg_notify('holdfast_directory', json_build_object('tenants', ids)::text);
        end loop;
        return null;
      end $$;
      create trigger tell_update after update on plans referencing new table as changed_rows
        for each statement execute function tell_of_changed_plans();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop view domain_limits, tenant_limits;
      alter table tenants drop plan_id, drop retention_days;
      drop table plans;
      drop function tell_of_changed_plans;
      update domains set retention_days = ${usualRetentionDays} where retention_days is null;
      alter table domains alter retention_days set default ${usualRetentionDays}, alter retention_days set not null;
    `);
  }
}

/** Longer than any holiday: mail of a server that is gone for longer has no reader. */
const usualRetentionDays = 30;
