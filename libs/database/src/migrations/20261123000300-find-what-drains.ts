import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sentinel asks every second which outages have yet to drain; years of outages that have must not be read for it. */
export class FindWhatDrains20261123000300 implements MigrationInterface {
  name = 'FindWhatDrains20261123000300';

  async up(db: QueryRunner): Promise<void> {
    await db.query('create index outages_undrained on outages (domain_id) where drained_at is null');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index outages_undrained');
  }
}
