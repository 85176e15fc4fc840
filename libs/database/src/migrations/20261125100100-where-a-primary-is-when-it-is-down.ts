import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * From where a primary would connect to us: the addresses that the sentinel tried in vain. Port 25 knows them by sight, because a
 * primary that sends us mail is probably back. It sees these and nothing else of an outage.
 */
export class WhereAPrimaryIsWhenItIsDown20261125100100 implements MigrationInterface {
  name = 'WhereAPrimaryIsWhenItIsDown20261125100100';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table outages add column primary_addresses inet[] not null default '{}';
      grant select (domain_id, ended_at, primary_addresses) on outages to holdfast_ingress;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      revoke select (domain_id, ended_at, primary_addresses) on outages from holdfast_ingress;
      alter table outages drop column primary_addresses;
    `);
  }
}
