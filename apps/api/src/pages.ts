import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches, MaxLength } from 'class-validator';
import { cursorText, type ListCursor } from '@bestendig/read-models';
import { rule } from './checked';
import { KnownAtQuery } from './known';
import { ProblemError } from './problem';

export const PAGE_ITEMS = 100;
const PAGE_ITEMS_MAX = 1_000;

const IsLimit = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: PAGE_ITEMS_MAX, default: PAGE_ITEMS }),
    IsOptional(),
    Matches(/^(?:[1-9]\d{0,2}|1000)$/, rule('outOfRange', `must be a whole number from 1 to ${PAGE_ITEMS_MAX}`)),
  );
const IsCursor = (description: string): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional({ description }), IsOptional(), MaxLength(1_000, rule('pattern', 'must be a cursor of this list')));

/** What every list takes. */
export class PageQuery extends KnownAtQuery {
  @IsLimit()
  limit?: string;

  @IsCursor('from the Link header of the page before; carries its moment')
  cursor?: string;
}

/** What a list takes that is not of one moment. */
export class BarePageQuery {
  @IsLimit()
  limit?: string;

  @IsCursor('from the Link header of the page before')
  cursor?: string;
}

export const limitOf = ({ limit }: Pick<PageQuery, 'limit'>): number => (limit === undefined ? PAGE_ITEMS : Number(limit));

/** @throws ProblemError `invalid` */
export function cursorOf({ cursor }: PageQuery, read: (text: string) => ListCursor | null): ListCursor | undefined {
  if (cursor === undefined) return undefined;
  const found = read(cursor);
  if (found === null) throw unreadableCursor();
  return found;
}

export const unreadableCursor = (): ProblemError =>
  new ProblemError('invalid', 'The cursor cannot be read.', [{ pointer: '#query/cursor', code: 'pattern', detail: 'must be a cursor of this list' }]);

/** RFC 8288: the next page of the same list; the same filters, from where this one ends. */
export function linkToNext(path: string, query: PageQuery, next: ListCursor | null): Readonly<Record<string, string>> {
  if (next === null) return {};
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (typeof value === 'string' && name !== 'cursor' && name !== 'minPosition') parameters.set(name, value);
  parameters.set('cursor', cursorText(next));
  return { link: `<${path}?${parameters.toString()}>; rel="next"` };
}
