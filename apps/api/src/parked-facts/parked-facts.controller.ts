import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { Asking, Conditional, type Asked, type Conditions } from '../asked';
import { DescribesCommand, DescribesQuestion } from '../documented';
import { DiscardParkedFact, DiscardParkedFactBody } from './discard.command';
import { ListParkedFacts, ListParkedFactsQuery } from './parked-facts.queries';

@ApiTags('Parked facts')
@Controller('v1/parked-facts')
export class ParkedFactsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @DescribesQuestion('List parked facts', 'What is in the log but does not count (yet), and why; those waiting longest first.', 'ParkedFactList')
  list(@Query() query: ListParkedFactsQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new ListParkedFacts(query, asked));
  }

  @Post('_discard')
  @HttpCode(200)
  @DescribesCommand('Set a parked fact aside', 'The same as a discard in the placement, from the list of parked facts.', {
    takes: DiscardParkedFactBody,
    example: { placementId: '2b1e0c9a-7c55-8f6e-9d0a-4b1f6f0c8d21', discards: '0e8f6c1a-2b3d-5e4f-8a6b-7c9d0e1f2a3b', reason: 'duplicateOfOtherFact' },
    ifMatch: true,
  })
  discard(@Body() body: DiscardParkedFactBody, @Conditional() conditions: Conditions, @Asking() asked: Asked): Promise<Answer> {
    return this.commands.execute(new DiscardParkedFact(body.placementId, body, conditions, asked));
  }
}
