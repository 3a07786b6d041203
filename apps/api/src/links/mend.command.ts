import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { MEND_REASONS, organisationOfSource, type MendReason } from '@bestendig/placement-application';
import { SOURCE } from '@bestendig/hr-messages';
import { Answer } from '../answer';
import type { Asked, Conditions } from '../asked';
import { maySpeakFor } from '../callers';
import { IsId, rule } from '../checked';
import { inNameOf } from '../placements/placement.commands';
import { ProblemError } from '../problem';
import { Resources } from '../resources';

/** Keys of a source, in a body: never in a URI, never in an answer. */
export const KEY = /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}$/;

export class MendLinkBody {
  @ApiProperty({ pattern: SOURCE.source, description: 'the source whose key it is' })
  @Matches(SOURCE, rule('pattern', `must match ${SOURCE.source}`))
  source!: string;

  @ApiProperty({ pattern: KEY.source, description: "the source's key of the employment" })
  @Matches(KEY, rule('pattern', `must match ${KEY.source}`))
  employment!: string;

  @ApiProperty({ format: 'uuid', description: 'the placement that the key stands for' })
  @IsId()
  placementId!: string;

  @ApiProperty({ enum: MEND_REASONS, enumName: 'MendReason' })
  @IsIn(MEND_REASONS, rule('notAllowed', `must be one of: ${MEND_REASONS.join(', ')}`))
  reason!: MendReason;
}

/** A key of a source stands for another placement than it was taken for. */
export class MendLink extends Command<Answer> {
  constructor(
    readonly body: MendLinkBody,
    readonly conditions: Conditions,
    readonly asked: Asked,
  ) {
    super();
  }
}

@CommandHandler(MendLink)
export class MendLinkHandler implements ICommandHandler<MendLink> {
  constructor(private readonly resources: Resources) {}

  async execute({ body, conditions: { idempotencyKey }, asked: { caller } }: MendLink): Promise<Answer> {
    const { source, employment: key, placementId, reason } = body;
    if (!maySpeakFor(caller, organisationOfSource(source))) throw new ProblemError('otherOrganisation', 'This source belongs to another organisation.');
    const mended = await this.resources.service.mendLink({ source, key, placementId, reason, caller: inNameOf(caller), idempotencyKey, at: this.resources.now() });
    const { eventId, previousPlacementId, position, recordedAt } = mended;
    return new Answer({ placementId, previousPlacementId, eventId, position, recordedAt });
  }
}
