import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How mail gets to a primary: over which hosts, how firmly encrypted, with which login, and what the primary hears of the client.
 *
 * Secrets have a table of their own, so that only the relay can read them: port 25 loads `primaries` and has no use for a password.
 */
export class WaysToPrimaries20261125130000 implements MigrationInterface {
  name = 'WaysToPrimaries20261125130000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table primaries
        drop constraint primaries_tls_policy_check,
        add constraint primaries_tls_policy_check
          check (tls_policy in ('none', 'opportunistic', 'required', 'dane', 'mta-sts', 'pinned')),
        -- "host" is a domain whose MX records say where to
        add by_mx boolean not null default false,
        -- SHA-256 of the public keys (SubjectPublicKeyInfo) that count with "pinned", in hexadecimal
        add pins text[] not null default '{}' check (cardinality(pins) <= 8),
        add constraint pinned_has_pins check ((tls_policy = 'pinned') = (cardinality(pins) > 0)),
        -- who the primary is told that the client was, where it lets us (Postfix's XCLIENT or XFORWARD)
        add tells_client text not null default 'none' check (tells_client in ('none', 'xclient', 'xforward')),
        -- user name of SMTP AUTH; the password is in primary_secrets
        add login text check (length(login) between 1 and 255),
        -- a password is not for whoever happens to answer
        add constraint login_needs_tls check (login is null or tls_policy not in ('none', 'opportunistic'));

      -- whether what goes to its primary bears our ARC seal
      alter table domains add is_sealed boolean not null default true;

      create table primary_secrets (
        primary_id uuid primary key references primaries on delete cascade,
        tenant_id uuid not null references tenants on delete cascade,
        -- encrypted with the key in the data directory
        sealed text not null check (length(sealed) <= 2000)
      );

      -- How encryption went, a day and a domain at a time; results as RFC 8460 section 4.3 calls them.
      create table tls_results (
        tenant_id uuid not null references tenants on delete cascade,
        domain_id uuid not null references domains on delete cascade,
        day date not null,
        policy text not null,
        result text not null,
        count bigint not null,
        primary key (domain_id, day, policy, result)
      );
      create index tls_results_by_day on tls_results (day);

      -- What DNS last said, for the hour in which it says nothing. Public facts, no tenant's.
      create table known_answers (
        name text not null check (length(name) <= 253),
        kind text not null check (kind in ('address', 'mx')),
        answer jsonb not null,
        seen_at timestamptz not null default now(),
        primary key (name, kind)
      );

      -- MTA-STS policies as their domains published them (RFC 8461 section 5.1 wants them to outlive a restart).
      create table mta_sts_policies (
        domain text primary key check (length(domain) <= 253),
        policy jsonb not null,
        expires_at timestamptz not null
      );
    `);
    const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;
    for (const table of ['primary_secrets', 'tls_results'])
      await db.query(`
        alter table ${table} enable row level security;
        create policy own_rows on ${table} to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
        create policy all_rows on ${table} to holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
      `);
    await db.query(`
      grant select on primary_secrets to holdfast_relay;
      -- The api writes secrets and never reads one back.
      grant insert, delete, select (primary_id, tenant_id) on primary_secrets to holdfast_api, holdfast_operator;
      grant select, insert, update on tls_results to holdfast_relay;
      grant delete, select (day) on tls_results to holdfast_sentinel;
      grant select on tls_results to holdfast_api, holdfast_operator;
      grant select, insert, update on known_answers, mta_sts_policies to holdfast_relay;
      grant delete, select (seen_at) on known_answers to holdfast_relay;
      grant select on known_answers to holdfast_sentinel;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table mta_sts_policies, known_answers, tls_results, primary_secrets;
      alter table domains drop is_sealed;
      delete from primaries where by_mx or tls_policy in ('dane', 'mta-sts', 'pinned');
      alter table primaries drop constraint login_needs_tls, drop constraint pinned_has_pins, drop constraint primaries_tls_policy_check,
        drop by_mx, drop pins, drop tells_client, drop login,
        add constraint primaries_tls_policy_check check (tls_policy in ('none', 'opportunistic', 'required'));
    `);
  }
}
