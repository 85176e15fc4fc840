import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a primary took can be sent once more, for the day on which it loses its disk: where the tenant asks for it, bodies stay for some
 * hours after the delivery. A row for each delivery that can be repeated; when it is, the row goes and the new delivery makes its own.
 */
export class KeepWhatWasDelivered20261125140200 implements MigrationInterface {
  name = 'KeepWhatWasDelivered20261125140200';

  async up(db: QueryRunner): Promise<void> {
    const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;
    await db.query(`
      alter table domains add keep_delivered_hours integer not null default 0 check (keep_delivered_hours between 0 and 72);
      -- the delivery that this one repeats
      alter table deliveries add replay_of uuid;
      alter table settled_deliveries add replay_of uuid;

      create table kept_copies (
        delivery_id uuid primary key,
        message_id uuid not null,
        tenant_id uuid not null,
        domain_id uuid not null,
        node text not null,
        bytes bigint not null,
        delivered_at timestamptz not null,
        kept_until timestamptz not null
      );
      create index kept_copies_by_domain on kept_copies (domain_id, delivered_at);
      create index kept_copies_by_time on kept_copies (node, kept_until);
      alter table kept_copies enable row level security;
      create policy own_rows on kept_copies to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
      create policy all_rows on kept_copies to holdfast_ingress, holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
      grant select, insert, delete, update (kept_until) on kept_copies to holdfast_relay;
      grant select, delete, update (kept_until) on kept_copies to holdfast_api, holdfast_operator;
      -- a replay is a new delivery
      grant insert on deliveries to holdfast_api, holdfast_operator;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      revoke insert on deliveries from holdfast_api, holdfast_operator;
      drop table kept_copies;
      alter table domains drop keep_delivered_hours;
      alter table deliveries drop replay_of;
      alter table settled_deliveries drop replay_of;
    `);
  }
}
