import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What becomes of mail from a server that is on one of the provider's DNS block lists. */
export class BlockListsDecide20261125110200 implements MigrationInterface {
  name = 'BlockListsDecide20261125110200';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `alter table tenant_filters add block_list text not null default 'refuse'
         check (block_list in ('accept', 'refuse', 'defer', 'quarantine'))`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table tenant_filters drop block_list');
  }
}
