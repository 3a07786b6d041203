import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { DISCARD_REASONS, type Fact } from '@bestendig/placement-domain';
import { amsterdamDay } from '@bestendig/duurzaamheid-domain';
import type { Answer } from '../answer';
import type { Asked, Conditions } from '../asked';
import { IsDay, IsId, rule } from '../checked';
import { answerTo, execute } from '../placements/placement.commands';
import { Resources } from '../resources';

type Reason = (typeof DISCARD_REASONS)[number];

/** Sets a parked fact of a known placement aside. */
export class DiscardBody {
  @ApiProperty({ format: 'uuid', description: 'id of the parked event' })
  @IsId()
  discards!: string;

  @ApiProperty({ enum: DISCARD_REASONS, enumName: 'DiscardReason' })
  @IsIn(DISCARD_REASONS, rule('notAllowed', `must be one of: ${DISCARD_REASONS.join(', ')}`))
  reason!: Reason;

  @ApiPropertyOptional({ format: 'date', description: 'by default the day of the command' })
  @IsOptional()
  @IsDay()
  effectiveDate?: string;
}

/** The same from the list of parked facts. */
export class DiscardParkedFactBody extends DiscardBody {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  placementId!: string;
}

export class DiscardParkedFact extends Command<Answer> {
  constructor(
    readonly placementId: string,
    readonly body: DiscardBody,
    readonly conditions: Conditions,
    readonly asked: Asked,
  ) {
    super();
  }
}

@CommandHandler(DiscardParkedFact)
export class DiscardParkedFactHandler implements ICommandHandler<DiscardParkedFact> {
  constructor(private readonly resources: Resources) {}

  async execute({ placementId, body, conditions, asked }: DiscardParkedFact): Promise<Answer> {
    const { discards: eventId, reason, effectiveDate = amsterdamDay(this.resources.now()) } = body;
    const fact: Fact = { type: 'FactDiscarded', data: { effectiveDate, discards: { eventId }, reason } };
    const content = { discards: eventId, reason, effectiveDate: body.effectiveDate ?? null };
    return answerTo(await execute(this.resources, placementId, 'parked-facts/discard', fact, content, conditions, asked), 200);
  }
}
