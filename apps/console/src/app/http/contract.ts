/**
 * The shapes that the console reads from `/api/v1`, by the names it uses for them. They come from the committed contract, so that an api
 * that changes is a console that does not compile.
 */
import type { DomainCounts, Page as AnyPage } from '@holdfast/api-contract';

export type {
  Delivery,
  DeliveryDetail,
  DeliveryState,
  Demo,
  Domain,
  Filter,
  FilterRule,
  LeverAction,
  Me,
  Notification,
  Outage,
  ProblemDetails,
  Tenant,
} from '@holdfast/api-contract';
export type Counts = DomainCounts;
export type Page<T> = Readonly<AnyPage<T>>;
