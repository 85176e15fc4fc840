import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import {
  countDeliveries,
  deliveryStates,
  listDeliveries,
  pullLever,
  replayDelivered,
  type Queryable,
} from '@holdfast/queue';
import { byWhom, permit, type Actor } from '../access/actor';
import { findDomainId } from '../domains/domain-sql';
import { LOG } from '../http/log';
import { isUuid, pageOf, type Part } from '../http/page';
import { Invalid, NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import type {
  Changed,
  DeliveriesQuery,
  Delivery,
  DeliveryAction,
  DeliveryDetail,
  DeliveryPage,
  DeliveryStats,
  Replay,
} from './deliveries.dto';
import { JobsService } from './jobs.service';
import { readDelivery } from './trail';

/** Shows deliveries and moves them by a person's word. The queue knows how; here is who may. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly jobs: JobsService,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async list(actor: Actor, { domain, state, message, after, limit }: DeliveriesQuery): Promise<DeliveryPage> {
    const asking = permit(actor, 'read-messages');
    if (after !== undefined && !isUuid(after))
      throw new Invalid([{ field: 'after', message: 'must be the "next" of a page' }]);
    let isKnown = domain === undefined;
    const parts = await this.database.each(asking, async ({ db, tenantId }): Promise<Part<Delivery>> => {
      const domainId = domain === undefined ? undefined : await findDomainId(db, domain);
      if (domain !== undefined && domainId === undefined) return { items: [], hasMore: false };
      isKnown = true;
      const { items, next } = await listDeliveries(db, {
        limit,
        ...(domainId !== undefined && { domainId }),
        ...(domainId === undefined && tenantId !== undefined && { tenantId }),
        ...(state !== undefined && { state }),
        ...(message !== undefined && { messageId: message }),
        ...(after !== undefined && { after }),
      });
      // Mail outlives its domain: what was settled before the domain was removed has no name any more.
      return { items: items.map((item) => ({ ...item, domain: item.domain ?? '' })), hasMore: next !== null };
    });
    if (!isKnown) throw new NotHere('domain of this name');
    return pageOf(
      parts,
      limit,
      (one, other) => (one.deliveryId > other.deliveryId ? -1 : 1),
      ({ deliveryId }) => deliveryId,
    );
  }

  async show(actor: Actor, id: string): Promise<DeliveryDetail> {
    const asking = permit(actor, 'read-messages');
    const delivery = isUuid(id)
      ? await this.database.first(asking, ({ db }) => readDelivery(db, id))
      : undefined;
    if (!delivery) throw new NotHere('delivery of this id');
    return delivery;
  }

  async stats(actor: Actor, domain: string | undefined): Promise<DeliveryStats> {
    const asking = permit(actor, 'read-overview');
    const counts = await this.database.each(asking, async ({ db }) => {
      const domainId = domain === undefined ? undefined : await findDomainId(db, domain);
      return domain !== undefined && domainId === undefined ? undefined : countDeliveries(db, domainId);
    });
    const found = counts.filter((count) => count !== undefined);
    if (found.length === 0) throw new NotHere('domain of this name');
    const sum = Object.fromEntries(
      deliveryStates.map((state) => [state, found.reduce((total, count) => total + count[state], 0)]),
    );
    return sum as unknown as DeliveryStats;
  }

  async act(actor: Actor, { action, deliveries, message, domain }: DeliveryAction): Promise<Changed> {
    const asking = permit(actor, 'move-messages');
    if ([deliveries, message, domain].filter((one) => one !== undefined).length !== 1) {
      throw new Invalid([
        { field: 'deliveries', message: 'or "message" or "domain" must be given, and only one of them' },
      ]);
    }
    if (domain !== undefined && (await this.waiting(asking, domain)) > mostAtOnce) {
      const job = await this.jobs.start(actor, { action, domain });
      return { changed: 0, jobId: job.id };
    }
    const changed = await this.database.each(asking, async ({ db }) => {
      const selection = deliveries
        ? { deliveries }
        : message !== undefined
          ? { deliveries: await waitingOf(db, message) }
          : await domainSelection(db, domain as string);
      return selection && (await pullLever(db, action, selection));
    });
    if (changed.every((count) => count === undefined)) throw new NotHere('domain of this name');
    const total = changed.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    this.log('changed-by-person', { what: action, domain, message, changed: total, by: byWhom(actor) });
    return { changed: total };
  }

  /** Sends again what primaries took and is still kept: page by page, each in its own transaction, so that none is long. */
  async replay(actor: Actor, { deliveries, domain, since, until }: Replay): Promise<Changed> {
    const asking = permit(actor, 'move-messages');
    if ((deliveries === undefined) === (domain === undefined))
      throw new Invalid([{ field: 'deliveries', message: 'or "domain" must be given, and not both' }]);
    if (deliveries && (since ?? until) !== undefined)
      throw new Invalid([{ field: 'since', message: 'and "until" belong to "domain"' }]);
    let total = 0;
    for (let page = 1; page > 0; total += page) {
      const replayed = await this.database.each(asking, async ({ db }) => {
        const selection = deliveries ? { deliveries } : await domainSelection(db, domain as string);
        const within = { ...(since && { since: new Date(since) }), ...(until && { until: new Date(until) }) };
        return selection && (await replayDelivered(db, { ...selection, ...within }));
      });
      if (replayed.every((count) => count === undefined)) throw new NotHere('domain of this name');
      page = replayed.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    }
    this.log('changed-by-person', { what: 'replay', domain, changed: total, by: byWhom(actor) });
    return { changed: total };
  }

  /** How many of a domain a lever may move, by the kept counters. */
  private async waiting(asking: Actor, domain: string): Promise<number> {
    const counts = await this.database.first(asking, async ({ db }) => {
      const domainId = await findDomainId(db, domain);
      return domainId && (await countDeliveries(db, domainId));
    });
    return counts ? counts.held + counts.quarantined : 0;
  }
}

/** More of a domain than this is a job: a statement that runs for minutes locks what the relay needs, and is lost when it fails. */
const mostAtOnce = 5_000;

async function waitingOf(db: Queryable, message: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select id from deliveries where id > $1 and id <= $2 and message_id = $1',
    [message, `${message.slice(0, -4)}ffff`],
  );
  return rows.map(({ id }) => id);
}

async function domainSelection(db: Queryable, domain: string): Promise<{ domainId: string } | undefined> {
  const domainId = await findDomainId(db, domain);
  return domainId === undefined ? undefined : { domainId };
}
