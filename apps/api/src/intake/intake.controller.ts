import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { Asking, type Asked } from '../asked';
import { DescribesQuestion } from '../documented';
import { SearchIntake, SearchIntakeQuery } from './intake.queries';

@ApiTags('HR facts')
@Controller('v1/intake')
export class IntakeController {
  constructor(private readonly queries: QueryBus) {}

  @Get('_search')
  @DescribesQuestion('What happened to a message', 'Its first outcome, every delivery of it, and what has become of its facts now.', 'IntakeOfMessage')
  search(@Query() query: SearchIntakeQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new SearchIntake(query, asked));
  }
}
