import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a sender asks for beside the delivery itself: reports (RFC 3461), a way with TLS all along (RFC 8689), and that the next
 * server knows SMTPUTF8 (RFC 6531). What is asked for each recipient goes with the delivery, also when it is settled: a report is
 * written after that. Almost all mail asks for nothing, and a null takes no room.
 */
export class WhatTheSenderAsksFor20261125100000 implements MigrationInterface {
  name = 'WhatTheSenderAsksFor20261125100000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table messages
        add column is_smtp_utf8 boolean not null default false,
        add column require_tls boolean not null default false,
        add column envelope_id text check (length(envelope_id) <= 100),
        add column ret text check (ret in ('full', 'hdrs'));
    `);
    for (const table of ['deliveries', 'settled_deliveries'])
      await db.query(`
        alter table ${table}
          -- 'never', or some of 'success,failure,delay' in this order; null: the sender did not say
          add column notify text check (notify ~ '^(never|success(,failure)?(,delay)?|failure(,delay)?|delay)$'),
          add column original_recipient text check (length(original_recipient) <= 2000);
      `);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of ['deliveries', 'settled_deliveries'])
      await db.query(`alter table ${table} drop column notify, drop column original_recipient`);
    await db.query(
      'alter table messages drop column is_smtp_utf8, drop column require_tls, drop column envelope_id, drop column ret',
    );
  }
}
