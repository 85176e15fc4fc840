import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Of every delivery that failed somebody is told: its sender when that is no backscatter, else its tenant. A row is written in the
 * statement that ends the delivery, so that a crash neither loses nor doubles a report; the body stays until the row is decided.
 */
export class TellSenders20261125140000 implements MigrationInterface {
  name = 'TellSenders20261125140000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table reports (
        delivery_id uuid primary key,
        message_id uuid not null,
        tenant_id uuid not null,
        domain_id uuid not null,
        node text not null,
        outcome delivery_state not null check (outcome in ('refused', 'expired', 'discarded')),
        was_quarantined boolean not null default false,
        settled_at timestamptz not null,
        -- the message that tells the sender; several deliveries of one message share it
        report_id uuid,
        -- domain of the sender
        destination text,
        -- null: nobody has looked yet
        decided_at timestamptz,
        -- why the sender is not told
        withheld_because text
      );
      create index reports_undecided on reports (node, delivery_id) where decided_at is null;
      create index reports_by_domain on reports (domain_id, settled_at);
      create index reports_by_report on reports (report_id) where report_id is not null;
      create index reports_told_of_tenant on reports (tenant_id, settled_at) where report_id is not null;
      create index reports_told_to_destination on reports (destination, settled_at) where report_id is not null;

      alter table reports enable row level security;
      create policy own_rows on reports to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
      create policy all_rows on reports to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
      grant select, insert, update on reports to holdfast_relay;
      -- a report is a message of ours
      grant insert on messages to holdfast_relay;
      grant select on reports to holdfast_sentinel, holdfast_api, holdfast_operator;

      -- Where reports go: domains of strangers, each under an id that is made of its name.
      create table report_destinations (
        domain_id uuid primary key,
        name text not null unique check (length(name) <= 253),
        used_at timestamptz not null
      );
      grant select, insert, update, delete on report_destinations to holdfast_relay;

      -- Ids sort by time (RFC 9562 section 5.7): what was received before a moment is below its first id.
      create function first_id_at(moment timestamptz) returns uuid language sql immutable strict parallel safe as $$
        select (lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid $$;
      create function received_at_of(id uuid) returns timestamptz language sql immutable strict parallel safe as $$
        select to_timestamp(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) $$;
      -- A longer retention helps what waits already; a shorter one takes nothing back that was agreed.
      create function expiry_of(id uuid, agreed timestamptz, retention_days integer) returns timestamptz
        language sql immutable parallel safe as $$
        select greatest(agreed, received_at_of(id) + retention_days * interval '24 hours') $$;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      'drop table reports, report_destinations; drop function expiry_of, received_at_of, first_id_at',
    );
  }
}

const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;
