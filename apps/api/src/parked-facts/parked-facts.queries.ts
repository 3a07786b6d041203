import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PARKED_REASONS, type ParkedReason } from '@bestendig/placement-domain';
import { SOURCE } from '@bestendig/hr-messages';
import { listParkedFacts, parkedFactCursor } from '@bestendig/read-models';
import { Answer, together } from '../answer';
import type { Asked } from '../asked';
import { IsId, rule } from '../checked';
import { cutFor, freshness } from '../known';
import { cursorOf, limitOf, linkToNext, PageQuery } from '../pages';
import { Resources } from '../resources';

export class ListParkedFactsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsId()
  placementId?: string;

  @ApiPropertyOptional({ enum: PARKED_REASONS, enumName: 'ParkedReason' })
  @IsOptional()
  @IsIn(PARKED_REASONS, rule('notAllowed', `must be one of: ${PARKED_REASONS.join(', ')}`))
  reason?: ParkedReason;

  @ApiPropertyOptional({ pattern: SOURCE.source })
  @IsOptional()
  @Matches(SOURCE, rule('pattern', `must match ${SOURCE.source}`))
  source?: string;
}

/** Facts that are in the log but do not count (yet), those waiting longest first. */
export class ListParkedFacts extends Query<Answer> {
  constructor(
    readonly query: ListParkedFactsQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

@QueryHandler(ListParkedFacts)
export class ListParkedFactsHandler implements IQueryHandler<ListParkedFacts> {
  constructor(private readonly resources: Resources) {}

  async execute({ query, asked }: ListParkedFacts): Promise<Answer> {
    const cursor = cursorOf(query, parkedFactCursor);
    const cut = await cutFor(this.resources, query, asked, cursor);
    const { placementId, reason, source } = query;
    const filter = { ...(placementId === undefined ? {} : { placementId }), ...(reason === undefined ? {} : { reason }), ...(source === undefined ? {} : { source }) };
    const page = await listParkedFacts(this.resources.readStore, cut, { limit: limitOf(query), filter, ...(cursor === undefined ? {} : { cursor }) });
    const { knownAt, asReported } = cut;
    return new Answer({ definition: 'parked-facts/1', knownAt, asReported, parkedFacts: page.items }, together(freshness(cut), linkToNext('/v1/parked-facts', query, page.next)));
  }
}
