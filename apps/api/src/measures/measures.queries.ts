import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { amsterdamDay, COHORT_PERIODS, SUMMARY_HORIZONS, type CohortPeriod } from '@bestendig/duurzaamheid-domain';
import { cohortRetention, duurzaamheid, GROUPS, type Cut, type GroupBy } from '@bestendig/read-models';
import { Answer } from '../answer';
import type { Asked } from '../asked';
import { IsDay, rule } from '../checked';
import { cutFor, freshness, KnownAtQuery } from '../known';
import { Resources } from '../resources';

/** Months after day 0 at which retention is read when none are asked. */
const RETENTION_HORIZONS: readonly number[] = [3, 6, 12, 24];
/** Up to 20 horizons of at most 599 months. */
const HORIZONS = /^(?:[1-5]?\d{1,2})(?:,[1-5]?\d{1,2}){0,19}$/;

export class MeasureQuery extends KnownAtQuery {
  @ApiPropertyOptional({ format: 'date', example: '2025-06-30', description: 'The day on which is looked (Europe/Amsterdam); by default the day of knownAt. A later one is cut back to that day.' })
  @IsOptional()
  @IsDay()
  peildatum?: string;

  @ApiPropertyOptional({ enum: COHORT_PERIODS, enumName: 'CohortPeriod', default: 'quarter', description: 'by what the day of the start is grouped' })
  @IsOptional()
  @IsIn(COHORT_PERIODS, rule('notAllowed', `must be one of: ${COHORT_PERIODS.join(', ')}`))
  cohort?: CohortPeriod;

  @ApiPropertyOptional({ pattern: HORIZONS.source, example: '3,6,12,24', description: 'months after the start, separated by commas' })
  @IsOptional()
  @Matches(HORIZONS, rule('pattern', 'must be 1 to 20 numbers of months, separated by commas'))
  horizons?: string;
}

export class CohortRetentionQuery extends MeasureQuery {
  @ApiPropertyOptional({ enum: GROUPS, enumName: 'GroupBy', description: 'one matrix for each value, as true on day 0' })
  @IsOptional()
  @IsIn(GROUPS, rule('notAllowed', `must be one of: ${GROUPS.join(', ')}`))
  groupBy?: GroupBy;
}

const horizonsOf = ({ horizons }: MeasureQuery, otherwise: readonly number[]): readonly number[] =>
  horizons === undefined ? otherwise : [...new Set(horizons.split(',').map(Number))].sort((a, b) => a - b);

const questionOf = (query: MeasureQuery, { knownAt }: Cut, horizons: readonly number[]) => ({
  peildatum: query.peildatum ?? amsterdamDay(knownAt),
  cohort: query.cohort ?? ('quarter' as const),
  horizons: horizonsOf(query, horizons),
});

export class GetCohortRetention extends Query<Answer> {
  constructor(
    readonly query: CohortRetentionQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

@QueryHandler(GetCohortRetention)
export class GetCohortRetentionHandler implements IQueryHandler<GetCohortRetention> {
  constructor(private readonly resources: Resources) {}

  async execute({ query, asked }: GetCohortRetention): Promise<Answer> {
    const cut = await cutFor(this.resources, query, asked);
    const question = { ...questionOf(query, cut, RETENTION_HORIZONS), ...(query.groupBy === undefined ? {} : { groupBy: query.groupBy }) };
    return new Answer(await cohortRetention(this.resources.readStore, cut, question), freshness(cut));
  }
}

export class GetDuurzaamheid extends Query<Answer> {
  constructor(
    readonly query: MeasureQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

@QueryHandler(GetDuurzaamheid)
export class GetDuurzaamheidHandler implements IQueryHandler<GetDuurzaamheid> {
  constructor(private readonly resources: Resources) {}

  async execute({ query, asked }: GetDuurzaamheid): Promise<Answer> {
    const cut = await cutFor(this.resources, query, asked);
    return new Answer(await duurzaamheid(this.resources.readStore, cut, questionOf(query, cut, SUMMARY_HORIZONS)), freshness(cut));
  }
}
