import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { Asking, type Asked } from '../asked';
import { Checks } from '../contract.guard';
import { DescribesQuestion } from '../documented';
import { SearchIntake, SearchIntakeQuery } from './intake.queries';
import { ListDeadLetters, ListDeadLettersQuery, ListDeliveries, ListDeliveriesQuery } from './lists.queries';
import { checkRedrive, RedriveDeadLetters, RedriveDeadLettersBody } from './redrive.command';
import { GetIntake, IntakeQuery } from './summary.query';

@ApiTags('HR facts')
@Controller('v1/intake')
export class IntakeController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @DescribesQuestion(
    'What became of messages, by source',
    'Counts by source, day of receipt and first outcome; the last message of each source; what was set aside most often, why, and which fields were wrong, with an example.',
    'Intake',
  )
  summary(@Query() query: IntakeQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new GetIntake(query, asked));
  }

  @Get('deliveries')
  @DescribesQuestion(
    'List deliveries',
    'Each message that was delivered, by whatever door, with its first outcome; newest first.',
    'DeliveryList',
  )
  deliveries(@Query() query: ListDeliveriesQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new ListDeliveries(query, asked));
  }

  @Get('dead-letters')
  @DescribesQuestion(
    'List dead letters',
    'Messages from Kafka that could not be read, break the contract or reuse an id: why, where their bytes stand, and whether they are to be, or were, sent again; newest first.',
    'DeadLetterList',
  )
  deadLetters(@Query() query: ListDeadLettersQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new ListDeadLetters(query, asked));
  }

  @Post('dead-letters/_redrive')
  @HttpCode(200)
  @DescribesQuestion(
    'Have dead letters sent again',
    'Those that are named, those of a source or with a code, or all. The answer says how many are asked for now: those asked for before, and those that came back too often, are left. Where one that is named is no dead letter, none is asked for. Each is then a new delivery with an outcome of its own.',
    'DeadLettersAsked',
    { body: RedriveDeadLettersBody, value: { source: 'urn:nld:oin:00000001003214345000:systeem:hr', code: 'invalid' } },
  )
  @Checks(checkRedrive)
  redrive(@Body() body: RedriveDeadLettersBody, @Asking() asked: Asked): Promise<Answer> {
    return this.commands.execute(new RedriveDeadLetters(body, asked));
  }

  @Get('_search')
  @DescribesQuestion(
    'What happened to a message',
    'Its first outcome, every delivery of it, and what has become of its facts now.',
    'IntakeOfMessage',
  )
  search(@Query() query: SearchIntakeQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new SearchIntake(query, asked));
  }
}
