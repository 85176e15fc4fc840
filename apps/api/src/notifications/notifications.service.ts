import { Injectable } from '@nestjs/common';
import { permit, type Actor } from '../access/actor';
import { partOf, type PageQuery } from '../http/page';
import { TenantDatabase } from '../http/tenant-database';
import { comesAfter, cursorValues, microsOf, pageByTime, type TimeKey } from '../http/time-cursor';
import type { Notification, NotificationPage } from './notifications.dto';

/** Shows what a tenant was told, newest first. The sentinel writes and sends it. */
@Injectable()
export class NotificationsService {
  constructor(private readonly database: TenantDatabase) {}

  async list(actor: Actor, { limit, after }: PageQuery): Promise<NotificationPage> {
    const asking = permit(actor, 'read-messages');
    const cursor = cursorValues(after);
    const parts = await this.database.each(asking, async ({ db }) => {
      const { rows } = await db.query<Notification & TimeKey>(
        `select n.id, ${microsOf('n.created_at')}, n.kind, n.recipient, n.subject, n.created_at as "createdAt", n.sent_at as "sentAt", n.last_error as "lastError",
           n.skipped_because as "skippedBecause"
         from notifications n where ${comesAfter('n.created_at', 'n.id')}
         order by n.created_at desc, n.id
         limit $3`,
        [...cursor, limit + 1],
      );
      return partOf(rows, limit);
    });
    return pageByTime(parts, limit);
  }
}
