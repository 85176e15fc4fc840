import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What port 25 must know to be strict: whom a domain takes mail for, whether its primary is up, and how much it may have here.
 *
 * A list may hold a million recipients, so a change of one is told as that change (by hash; see libs/directory's
 * recipient-set.ts) and with the revision that it makes. Who knows the revision before it follows; everybody else reads anew.
 */
export class WhomWeTakeMailFor20261124000000 implements MigrationInterface {
  name = 'WhomWeTakeMailFor20261124000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table domains
        add has_plus_addressing boolean not null default true,
        add when_primary_up text not null default 'accept' check (when_primary_up in ('accept', 'defer')),
        -- after so long the same network gets in although the primary is up
        add defer_minutes integer not null default 5 check (defer_minutes between 1 and 240),
        -- null means: the tenant's value applies, and after it the provider's default
        add max_message_bytes bigint check (max_message_bytes >= 0),
        add max_messages_per_hour integer check (max_messages_per_hour >= 0),
        -- call-ahead: what the primary said to an address that cannot exist
        add primary_accepts_all boolean,
        add primary_asked_at timestamptz;
      alter table tenants
        add max_recipients_per_message integer check (max_recipients_per_message >= 1),
        add max_messages_per_hour integer check (max_messages_per_hour >= 0);

      create table recipient_lists (
        domain_id uuid primary key references domains on delete cascade,
        tenant_id uuid not null references tenants on delete cascade,
        revision bigint not null default 1,
        listed bigint not null default 0
      );
      insert into recipient_lists (domain_id, tenant_id, listed)
        select domain_id, tenant_id, count(*) from recipients group by domain_id, tenant_id;
      create index recipients_patterns on recipients (domain_id) where position('*' in local_part) > 0;

      -- Whether a primary answers, for the domains where port 25 decides by it. No row: nobody knows.
      create table primary_standings (
        domain_id uuid primary key references domains on delete cascade,
        tenant_id uuid not null references tenants on delete cascade,
        is_up boolean not null,
        seen_at timestamptz not null default now(),
        changed_at timestamptz not null default now()
      );
      create index primary_standings_changed on primary_standings (changed_at);

      -- Who was asked to use the primary, and when first. Lost in a crash of Postgres: then they are asked once more.
      create unlogged table deferred_networks (
        tenant_id uuid not null references tenants on delete cascade,
        domain_id uuid not null references domains on delete cascade,
        network text not null,
        first_at timestamptz not null,
        noted_at timestamptz not null default now(),
        primary key (domain_id, network)
      );
      create index deferred_networks_noted on deferred_networks (noted_at);

      -- What primaries answered to RCPT, and whom they are to be asked about.
      create table recipient_answers (
        tenant_id uuid not null references tenants on delete cascade,
        domain_id uuid not null references domains on delete cascade,
        local_part text not null check (length(local_part) between 1 and 64),
        is_known boolean not null,
        reply text not null,
        asked_at timestamptz not null default now(),
        expires_at timestamptz not null,
        primary key (domain_id, local_part)
      );
      create index recipient_answers_asked on recipient_answers (asked_at);
      create index recipient_answers_expire on recipient_answers (expires_at);
      create table recipient_questions (
        tenant_id uuid not null references tenants on delete cascade,
        domain_id uuid not null references domains on delete cascade,
        local_part text not null check (length(local_part) between 1 and 64),
        not_before timestamptz not null default now(),
        attempts integer not null default 0,
        primary key (domain_id, local_part)
      );
      create index recipient_questions_due on recipient_questions (not_before);
    `);
    for (const table of tables) {
      await db.query(`
        alter table ${table} enable row level security;
        create policy own_rows on ${table} to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
        create policy all_rows on ${table} to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
      `);
    }
    await db.query(`
      grant select on recipient_lists to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_api, holdfast_operator;
      grant select on primary_standings to holdfast_ingress, holdfast_relay, holdfast_api, holdfast_operator;
      grant select, insert, update, delete on primary_standings to holdfast_sentinel;
      grant select, insert, delete on deferred_networks to holdfast_ingress;
      grant select on recipient_answers to holdfast_ingress, holdfast_api, holdfast_operator;
      grant select, insert, update, delete on recipient_answers to holdfast_sentinel;
      grant delete on recipient_answers to holdfast_api, holdfast_operator;
      grant select, insert on recipient_questions to holdfast_ingress;
      grant select, update, delete on recipient_questions to holdfast_sentinel;
      grant update (primary_accepts_all, primary_asked_at) on domains to holdfast_sentinel;
    `);
    await db.query(tellOfChangedRecipients);
    await db.query(standingFollowsOutage);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger standing on outages; drop function standing_follows_outage;
      drop trigger tell_insert on recipients; drop trigger tell_update on recipients; drop trigger tell_delete on recipients;
      drop function tell_of_changed_recipients; drop function recipient_hash;
      drop table ${tables.join(', ')};
      drop index recipients_patterns;
      alter table domains drop has_plus_addressing, drop when_primary_up, drop defer_minutes, drop max_message_bytes,
        drop max_messages_per_hour, drop primary_accepts_all, drop primary_asked_at;
      alter table tenants drop max_recipients_per_message, drop max_messages_per_hour;
    `);
    for (const [event, rows] of [
      ['insert', 'new'],
      ['update', 'new'],
      ['delete', 'old'],
    ]) {
      await db.query(`create trigger tell_${event} after ${event} on recipients referencing ${rows} table as changed_rows
        for each statement execute function tell_of_changed_directory('domains', 'domain_id')`);
    }
  }
}

const tables = [
  'recipient_lists',
  'primary_standings',
  'deferred_networks',
  'recipient_answers',
  'recipient_questions',
];
const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;

// The hash is RecipientSet's: 52 bits of SHA-256 over the local part, ASCII letters folded. The lock on a list's row puts the
// statements that change it into one order, so revisions come without gaps. A notification holds 8,000 bytes: what is larger
// goes as "read it anew".
const tellOfChangedRecipients = `
  create function recipient_hash(local_part text) returns bigint language sql immutable parallel safe as $$
    select ('x' || substr(encode(sha256(convert_to(lower(local_part collate "C"), 'UTF8')), 'hex'), 1, 13))::bit(52)::bigint $$;
  create function tell_of_changed_recipients() returns trigger language plpgsql security definer set search_path = public as $$
  declare
    list record; made bigint; lists jsonb := '[]'; count_of_lists integer := 0; payload text;
  begin
    for list in
      select c.domain_id, c.tenant_id, count(*) as rows, bool_or(position('*' in c.local_part) > 0) as has_pattern
      from changed_rows c group by c.domain_id, c.tenant_id order by c.domain_id
    loop
      if tg_op = 'DELETE' then
        update recipient_lists set revision = revision + 1, listed = listed - list.rows where domain_id = list.domain_id returning revision into made;
      else
        insert into recipient_lists (domain_id, tenant_id, listed) values (list.domain_id, list.tenant_id, list.rows)
          on conflict (domain_id) do update set revision = recipient_lists.revision + 1,
            listed = recipient_lists.listed + case tg_op when 'INSERT' then excluded.listed else 0 end
          returning revision into made;
      end if;
      count_of_lists := count_of_lists + 1;
      if count_of_lists > 50 then continue; end if;
      if tg_op = 'UPDATE' or list.has_pattern or list.rows > 100 then
        lists := lists || jsonb_build_object('domain', list.domain_id, 'revision', made);
      else
        lists := lists || jsonb_build_object('domain', list.domain_id, 'revision', made, case tg_op when 'INSERT' then 'added' else 'removed' end,
          (select jsonb_agg(recipient_hash(c.local_part)) from changed_rows c where c.domain_id = list.domain_id));
      end if;
    end loop;
    if count_of_lists = 0 then return null; end if;
    payload := jsonb_build_object('domains', (select jsonb_agg(one -> 'domain') from jsonb_array_elements(lists) one), 'lists', lists)::text;
    if count_of_lists > 50 or length(payload) > 7500 then payload := '{}'; end if;
    perform pg_notify('holdfast_directory', payload);
    return null;
  end $$;
  drop trigger tell_insert on recipients;
  drop trigger tell_update on recipients;
  drop trigger tell_delete on recipients;
  create trigger tell_insert after insert on recipients referencing new table as changed_rows
    for each statement execute function tell_of_changed_recipients();
  create trigger tell_update after update on recipients referencing new table as changed_rows
    for each statement execute function tell_of_changed_recipients();
  create trigger tell_delete after delete on recipients referencing old table as changed_rows
    for each statement execute function tell_of_changed_recipients();
`;

// An outage is better evidence than the probe before it: mail is taken from the moment at which it is written down.
const standingFollowsOutage = `
  create function standing_follows_outage() returns trigger language plpgsql security definer set search_path = public as $$
  begin
    update primary_standings set is_up = new.ended_at is not null, seen_at = now(), changed_at = now()
      where domain_id = new.domain_id and is_up = (new.ended_at is null);
    return null;
  end $$;
  create trigger standing after insert or update of ended_at on outages for each row execute function standing_follows_outage();
`;
