import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Of one reader's notifications the oldest goes first, so each claim asks for every due one whether an older one waits. After a
 * large outage ten thousand wait.
 */
export class FindWhatWaitsToBeTold20261123000400 implements MigrationInterface {
  name = 'FindWhatWaitsToBeTold20261123000400';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `create index notifications_waiting on notifications (tenant_id, recipient, created_at, id) where sent_at is null and skipped_because is null`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index notifications_waiting');
  }
}
