import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { errorsOf } from '../checked';
import { Checks } from '../contract.guard';
import { DescribesQuestion } from '../documented';
import { QUARANTINED_PATH } from '../known';
import { BarePageQuery } from '../pages';
import { ListQuarantinedPlacements } from './quarantine.queries';
import { RedriveBody, RedriveQuarantinedPlacements } from './redrive.command';

@ApiTags('Operations')
@Controller(QUARANTINED_PATH.slice(1))
export class QuarantineController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @DescribesQuestion('List placements in quarantine', 'Whose events make a projection fail, from which event on, and when it is tried again. Rows of such a placement are those of the events before.', 'QuarantinedPlacementList')
  list(@Query() query: BarePageQuery): Promise<Answer> {
    return this.queries.execute(new ListQuarantinedPlacements(query));
  }

  @Post('_redrive')
  @HttpCode(200)
  @DescribesQuestion(
    'Have placements in quarantine tried again',
    'At once, and not at the time that is set for them: those that are named, or all without a body. The answer says how many of them are in quarantine; the list says later which still are.',
    'RedriveResult',
    { body: RedriveBody, value: { placementIds: ['2b1e0c9a-7c55-8f6e-9d0a-4b1f6f0c8d21'] }, isOptional: true },
  )
  @Checks(({ body }) => (body === undefined || body === null ? [] : errorsOf(RedriveBody, body, '/')))
  redrive(@Body() body: object | null): Promise<Answer> {
    return this.commands.execute(new RedriveQuarantinedPlacements(body));
  }
}
