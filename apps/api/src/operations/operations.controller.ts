import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { DescribesQuestion } from '../documented';
import { GetHealth, GetProjections } from './operations.queries';

@ApiTags('Operations')
@Controller('v1')
export class OperationsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('health')
  @DescribesQuestion('Whether the API can do its work', 'Open to all. 503 while a store cannot be reached; degraded while a placement is in quarantine.', 'Health')
  health(): Promise<Answer> {
    return this.queries.execute(new GetHealth());
  }

  @Get('projections')
  @DescribesQuestion('How far the read models are', 'Which build is live, how far it has come, and how far it is behind.', 'Projections')
  projections(): Promise<Answer> {
    return this.queries.execute(new GetProjections());
  }
}
