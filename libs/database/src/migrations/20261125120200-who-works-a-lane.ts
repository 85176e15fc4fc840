import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A lane's pace is only true when one process works it. Which one is written here; that it lives, too. None of it is a tenant's.
 */
export class WhoWorksALane20261125120200 implements MigrationInterface {
  name = 'WhoWorksALane20261125120200';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- One row for each relay process that lives, or died and has not been cleared up after.
      create table relay_workers (
        worker text primary key,
        node text not null,
        -- names its journal
        number integer not null,
        pid integer not null,
        -- tells a process from the one before it under the same name
        session uuid not null,
        lease_until timestamptz not null
      );
      create index relay_workers_by_node on relay_workers (node);

      create table lanes (
        node text not null,
        name text not null,
        owner text,
        owned_since timestamptz,
        -- as its owner last said
        connections integer not null default 0,
        allowed integer not null default 0,
        closed_because text,
        primary key (node, name)
      );
      create index lanes_by_name on lanes (name);
      create index lanes_by_owner on lanes (owner);

      -- What operators want of a lane, on every node.
      create table lane_settings (
        name text primary key,
        paused_because text,
        max_connections integer check (max_connections between 1 and 200),
        max_messages_per_minute integer check (max_messages_per_minute between 1 and 100000),
        set_by text not null,
        set_at timestamptz not null default now()
      );

      grant select, insert, update, delete on relay_workers, lanes to holdfast_relay;
      grant select on lane_settings to holdfast_relay;
      grant select on relay_workers, lanes to holdfast_operator;
      grant select, insert, update, delete on lane_settings to holdfast_operator;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table lane_settings, lanes, relay_workers');
  }
}
