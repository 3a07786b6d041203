import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { Asking, type Asked } from '../asked';
import { DescribesQuestion } from '../documented';
import { CohortRetentionQuery, GetCohortRetention, GetDuurzaamheid, MeasureQuery } from './measures.queries';

@ApiTags('Measures')
@Controller('v1')
export class MeasuresController {
  constructor(private readonly queries: QueryBus) {}

  @Get('cohort-retention')
  @DescribesQuestion('Cohort retention', 'Of those who started in a period, how many are in work so many months after their own start. Definition cohort-retention/1.', 'CohortRetention')
  cohortRetention(@Query() query: CohortRetentionQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new GetCohortRetention(query, asked));
  }

  @Get('duurzaamheid')
  @DescribesQuestion('Duurzaamheid', 'Still in work, unconfirmed, uitval with its bounds, doorstroom and other ends, by start cohort. Definition duurzaamheid/1.', 'Duurzaamheid')
  duurzaamheid(@Query() query: MeasureQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new GetDuurzaamheid(query, asked));
  }
}
