import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The whole ground: who our tenants are, what they let us back up, and what happened to each message.
 *
 * Two rules shape it:
 *
 * - `deliveries` is the hot table and holds only what still waits. A settled delivery moves to `settled_deliveries` in the
 *   statement that settles it; a drain would otherwise slow down as dead rows pile up among the live ones.
 * - Numbers that people look at are kept, not counted: `domain_counters` moves in the same statement as the deliveries do.
 */
export class LayTheGround20261123000000 implements MigrationInterface {
  name = 'LayTheGround20261123000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table tenants (
        id uuid primary key default gen_random_uuid(),
        name text not null unique check (length(name) between 1 and 200),
        is_suspended boolean not null default false,
        -- null means: the provider's default applies
        max_held_messages bigint check (max_held_messages >= 0),
        max_held_bytes bigint check (max_held_bytes >= 0),
        max_message_bytes bigint check (max_message_bytes >= 0),
        created_at timestamptz not null default now()
      );

      create table contacts (
        id uuid primary key default gen_random_uuid(),
        tenant_id uuid not null references tenants on delete cascade,
        email text not null check (length(email) <= 320),
        verified_at timestamptz,
        unique (tenant_id, email)
      );

      create table members (
        tenant_id uuid not null references tenants on delete cascade,
        user_id text not null,
        role text not null check (role in ('owner', 'admin', 'member', 'billing', 'auditor')),
        created_at timestamptz not null default now(),
        primary key (tenant_id, user_id)
      );
      create index members_by_user on members (user_id);

      create table domains (
        id uuid primary key default gen_random_uuid(),
        tenant_id uuid not null references tenants on delete cascade,
        name text not null unique check (name = lower(name) and length(name) <= 253),
        state text not null default 'pending' check (state in ('pending', 'active', 'suspended')),
        recipient_policy text not null default 'any' check (recipient_policy in ('any', 'list', 'call-ahead')),
        verification_token text not null default replace(gen_random_uuid()::text, '-', ''),
        verified_at timestamptz,
        retention_days integer not null default 30 check (retention_days between 1 and 90),
        created_at timestamptz not null default now()
      );
      create index domains_by_tenant on domains (tenant_id, name);

      create table primaries (
        id uuid primary key default gen_random_uuid(),
        tenant_id uuid not null references tenants on delete cascade,
        domain_id uuid not null references domains on delete cascade,
        host text not null check (length(host) between 1 and 253),
        port integer not null default 25 check (port between 1 and 65535),
        tls_policy text not null default 'opportunistic' check (tls_policy in ('none', 'opportunistic', 'required')),
        preference integer not null default 10,
        unique (domain_id, host, port)
      );
      create index primaries_by_tenant on primaries (tenant_id);

      create table recipients (
        tenant_id uuid not null references tenants on delete cascade,
        domain_id uuid not null references domains on delete cascade,
        local_part text not null check (length(local_part) between 1 and 64),
        primary key (domain_id, local_part)
      );

      -- One row for each body that we hold or held for one tenant. The body itself is in the spool of "node".
      create table messages (
        id uuid primary key,
        tenant_id uuid not null,
        node text not null,
        sender text not null,
        bytes bigint not null,
        received_at timestamptz not null,
        client_address inet,
        client_name text,
        helo text,
        tls text,
        scan text not null check (scan in ('clean', 'unscanned', 'not-scanned', 'spam', 'infected')),
        score real,
        symbols jsonb
      );
      create index messages_by_tenant on messages (tenant_id, id);

      create type delivery_state as enum ('held', 'sending', 'quarantined', 'delivered', 'refused', 'expired', 'discarded');

      -- One row for each promise to one recipient that still waits. id = the message's id, its last two bytes the recipient's number.
      create table deliveries (
        id uuid primary key,
        message_id uuid not null,
        tenant_id uuid not null,
        domain_id uuid not null,
        node text not null,
        recipient text not null,
        bytes bigint not null,
        state delivery_state not null check (state in ('held', 'sending', 'quarantined')),
        -- held by a person's word, not by circumstances: no schedule and no recovery takes it out
        is_parked boolean not null default false,
        attempts integer not null default 0,
        next_attempt_at timestamptz not null,
        expires_at timestamptz not null,
        lease_until timestamptz,
        claimed_by text,
        last_reply text
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
      -- What the relay asks, and only that: due work of one domain on one node.
      create index deliveries_due on deliveries (domain_id, node, next_attempt_at, id) where state = 'held' and not is_parked;
      create index deliveries_leased on deliveries (lease_until) where state = 'sending';
      create index deliveries_by_domain on deliveries (domain_id, id);
      create index deliveries_by_tenant on deliveries (tenant_id, id);

      create table settled_deliveries (
        id uuid primary key,
        message_id uuid not null,
        tenant_id uuid not null,
        domain_id uuid not null,
        recipient text not null,
        bytes bigint not null,
        state delivery_state not null check (state in ('delivered', 'refused', 'expired', 'discarded')),
        attempts integer not null,
        last_reply text,
        -- host:port that spoke last_reply
        settled_with text,
        settled_at timestamptz not null default now()
      );
      create index settled_by_domain on settled_deliveries (domain_id, id);
      create index settled_by_tenant on settled_deliveries (tenant_id, id);

      -- Attempts that did not settle anything. The one that did is in settled_deliveries.
      create table attempts (
        id bigint generated always as identity primary key,
        delivery_id uuid not null,
        tenant_id uuid not null,
        attempted_at timestamptz not null default now(),
        attempted_with text,
        reply text not null
      );
      create index attempts_by_delivery on attempts (delivery_id, id);

      create table domain_counters (
        domain_id uuid primary key references domains on delete cascade,
        tenant_id uuid not null references tenants on delete cascade,
        received bigint not null default 0,
        held bigint not null default 0,
        held_bytes bigint not null default 0,
        sending bigint not null default 0,
        quarantined bigint not null default 0,
        delivered bigint not null default 0,
        refused bigint not null default 0,
        expired bigint not null default 0,
        discarded bigint not null default 0
      ) with (fillfactor = 50);
      create index domain_counters_by_tenant on domain_counters (tenant_id);

      create table outages (
        id uuid primary key default gen_random_uuid(),
        tenant_id uuid not null references tenants on delete cascade,
        domain_id uuid not null references domains on delete cascade,
        began_at timestamptz not null,
        noticed_at timestamptz not null,
        ended_at timestamptz,
        -- when the last message that the outage left with us was settled
        drained_at timestamptz,
        cause text not null,
        -- domain_counters.received and .delivered when it began, so that what it absorbed is a subtraction
        received_before bigint not null,
        delivered_before bigint not null,
        messages_held bigint not null default 0,
        messages_delivered bigint not null default 0
      );
      create unique index outages_open_once on outages (domain_id) where ended_at is null;
      create index outages_by_tenant on outages (tenant_id, began_at desc, id);

      create table notifications (
        id uuid primary key default gen_random_uuid(),
        tenant_id uuid not null references tenants on delete cascade,
        outage_id uuid references outages on delete set null,
        kind text not null,
        recipient text not null,
        subject text not null,
        text_body text not null,
        html_body text not null,
        -- the thread: every mail of one outage answers the first
        message_id_header text not null,
        in_reply_to text,
        -- the fact that it tells; a fact is told once
        fact text not null,
        created_at timestamptz not null default now(),
        sent_at timestamptz,
        skipped_because text,
        attempts integer not null default 0,
        next_attempt_at timestamptz not null default now(),
        last_error text,
        unique (tenant_id, fact, recipient)
      );
      create index notifications_due on notifications (next_attempt_at) where sent_at is null and skipped_because is null;
      create index notifications_by_tenant on notifications (tenant_id, created_at desc, id);

      -- One row for each running program: its heartbeat and what it says about its health.
      create table programs (
        node text not null,
        program text not null,
        worker integer not null default 0,
        pid integer not null,
        is_ready boolean not null,
        reasons jsonb not null default '[]',
        facts jsonb not null default '{}',
        started_at timestamptz not null,
        seen_at timestamptz not null default now(),
        primary key (node, program, worker)
      );
    `);
    await db.query(tellOfChangedDirectory);
    await db.query(countersForEveryDomain);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table programs, notifications, outages, domain_counters, attempts, settled_deliveries, deliveries, messages,
        recipients, primaries, domains, members, contacts, tenants cascade;
      drop type delivery_state;
      drop function tell_of_changed_directory, give_domain_counters cascade;
    `);
  }
}

// Port 25 must hear of a change within a second, whoever wrote it: so the table tells, not the writer. One statement may change a
// million rows; above a hundred domains it says "look at everything" (`{}`), because a notification holds 8,000 bytes.
const tellOfChangedDirectory = `
  create function tell_of_changed_directory() returns trigger language plpgsql as $$
  declare ids text[];
  begin
    execute format('select array_agg(id::text) from (select distinct %I as id from changed_rows limit 101) few', tg_argv[1]) into ids;
    if ids is null then return null; end if;
    if cardinality(ids) > 100 then perform pg_notify('holdfast_directory', '{}');
    else perform pg_notify('holdfast_directory', json_build_object(tg_argv[0], ids)::text); end if;
    return null;
  end $$;
  ${[
    ['tenants', 'tenants', 'id'],
    ['domains', 'domains', 'id'],
    ['primaries', 'domains', 'domain_id'],
    ['recipients', 'domains', 'domain_id'],
  ]
    .map(
      ([table, what, column]) => `
  create trigger tell_insert after insert on ${table} referencing new table as changed_rows
    for each statement execute function tell_of_changed_directory('${what}', '${column}');
  create trigger tell_update after update on ${table} referencing new table as changed_rows
    for each statement execute function tell_of_changed_directory('${what}', '${column}');
  create trigger tell_delete after delete on ${table} referencing old table as changed_rows
    for each statement execute function tell_of_changed_directory('${what}', '${column}');`,
    )
    .join('')}
`;

// A domain has its counters from its first moment, so that every later move is one plain update.
const countersForEveryDomain = `
  create function give_domain_counters() returns trigger language plpgsql security definer set search_path = public as $$
  begin
    insert into domain_counters (domain_id, tenant_id) values (new.id, new.tenant_id) on conflict do nothing;
    return null;
  end $$;
  create trigger counters after insert on domains for each row execute function give_domain_counters();
`;
