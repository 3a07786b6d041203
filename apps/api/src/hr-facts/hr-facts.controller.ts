import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { Asking, type Asked } from '../asked';
import { CLOUD_EVENTS } from '../bodies';
import { DescribesHrFacts } from './hr-facts.docs';
import { RecordHrFacts, ValidateHrFacts, type Delivery } from './hr-facts.handlers';

@ApiTags('HR facts')
@Controller('v1/hr-facts')
export class HrFactsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(200)
  @DescribesHrFacts('Publish one HR message or a batch', 'Each message is accepted, a duplicate, parked or refused; one that is refused does not hurt the others.')
  record(@Body() body: unknown, @Headers('content-type') type: string | undefined, @Asking() asked: Asked): Promise<Answer> {
    return this.commands.execute(new RecordHrFacts(deliveryOf(body, type), asked));
  }

  @Post('_validate')
  @HttpCode(200)
  @DescribesHrFacts('Ask what would happen to HR messages', 'The same answer as publishing them now would give; nothing is stored.')
  validate(@Body() body: unknown, @Headers('content-type') type: string | undefined, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new ValidateHrFacts(deliveryOf(body, type), asked));
  }
}

function deliveryOf(body: unknown, contentType: string | undefined): Delivery {
  const batch = (contentType ?? '').toLowerCase().startsWith(CLOUD_EVENTS);
  return batch ? { messages: Array.isArray(body) ? body : [], single: false } : { messages: [body], single: true };
}
