import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, Matches } from 'class-validator';
import { redrive } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { Answer } from '../answer';
import { rule, UUID } from '../checked';
import { Resources } from '../resources';

const PLACEMENTS_MAX = 1_000;

export class RedriveBody {
  @ApiPropertyOptional({ type: 'array', items: { type: 'string', format: 'uuid' }, maxItems: PLACEMENTS_MAX, description: 'by default all that are in quarantine' })
  @IsOptional()
  @IsArray(rule('wrongType', 'must be a list of ids of placements'))
  @ArrayMaxSize(PLACEMENTS_MAX, rule('outOfRange', `must be ${PLACEMENTS_MAX} at most`))
  @Matches(UUID, { each: true, ...rule('pattern', 'must be UUIDs in lower case') })
  placementIds?: readonly string[];
}

/** Has the projector fold placements in quarantine again, now and not at the time that is set for them. */
export class RedriveQuarantinedPlacements extends Command<Answer> {
  constructor(readonly body: RedriveBody | null) {
    super();
  }
}

@CommandHandler(RedriveQuarantinedPlacements)
export class RedriveQuarantinedPlacementsHandler implements ICommandHandler<RedriveQuarantinedPlacements> {
  constructor(private readonly resources: Resources) {}

  async execute({ body }: RedriveQuarantinedPlacements): Promise<Answer> {
    return new Answer({ redriven: await redrive(READ_MODELS, this.resources.readStore, body?.placementIds ?? null) });
  }
}
