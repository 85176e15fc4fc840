import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * People and their sessions, in the shape that better-auth keeps them (its names in our spelling; see the api's access/sign-in.ts).
 *
 * A person is nobody's tenant data: one person may belong to several tenants, so these tables have no `tenant_id` and no row-level
 * security. No route of the api reads them but those of sign-in and of a person's own account.
 */
export class WhoSignsIn20261123000200 implements MigrationInterface {
  name = 'WhoSignsIn20261123000200';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table users (
        id text primary key,
        name text not null,
        email text not null unique check (email = lower(email) and length(email) <= 320),
        email_verified boolean not null default false,
        image text,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );

      create table sessions (
        id text primary key,
        user_id text not null references users on delete cascade,
        token text not null unique,
        expires_at timestamptz not null,
        ip_address text,
        user_agent text,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );
      create index sessions_by_user on sessions (user_id);

      -- one row for each way in which a person can prove who they are; for now the password's hash
      create table accounts (
        id text primary key,
        user_id text not null references users on delete cascade,
        account_id text not null,
        provider_id text not null,
        access_token text,
        refresh_token text,
        id_token text,
        access_token_expires_at timestamptz,
        refresh_token_expires_at timestamptz,
        scope text,
        password text,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (provider_id, account_id)
      );
      create index accounts_by_user on accounts (user_id);

      -- one-time links: "identifier" is the hash of what the link carries, so that a copy of this table opens no door
      create table verifications (
        id text primary key,
        identifier text not null,
        value text not null,
        expires_at timestamptz not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );
      create index verifications_by_identifier on verifications (identifier);

      grant select, insert, update, delete on users, sessions, accounts, verifications to holdfast_api;
      grant select on users to holdfast_operator;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table verifications, accounts, sessions, users');
  }
}
