import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** Which page of a list: by key, never by number, so that the thousandth page costs what the first does. */
export class PageQuery {
  @ApiProperty({ type: Number, required: false, minimum: 1, maximum: 500, default: 50 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit = 50;

  @ApiProperty({ required: false, description: '`next` of the page before' })
  @IsOptional()
  @IsString()
  @MaxLength(300)
  after?: string;

  @ApiProperty({ required: false, description: 'name or id of one tenant; none: all that you may see' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  tenant?: string;
}

export interface Page<T> {
  items: T[];
  /** the cursor for `after`; null: this was the last page */
  next: string | null;
}

/** What one view of the data has for a page: at most as many items as the page takes. */
export interface Part<T> {
  items: T[];
  hasMore: boolean;
}

/** Of a query that asked for one row more than the page takes. */
export function partOf<T>(rows: T[], limit: number): Part<T> {
  return { items: rows.slice(0, limit), hasMore: rows.length > limit };
}

/**
 * One page out of what several views of the data have for it (a person of two tenants has two).
 * @param order as the parts are sorted
 */
export function pageOf<T>(
  parts: Part<T>[],
  limit: number,
  order: (one: T, other: T) => number,
  cursorOf: (item: T) => string,
): Page<T> {
  const all = parts.flatMap(({ items }) => items);
  if (parts.length > 1) all.sort(order);
  const items = all.slice(0, limit);
  const last = items.at(-1);
  const hasMore = all.length > limit || parts.some((part) => part.hasMore);
  return { items, next: hasMore && last !== undefined ? cursorOf(last) : null };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Postgres answers a malformed uuid with an error; for us it is only an id that nothing has. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}
