import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { SOURCE } from '@bestendig/hr-messages';
import type { Delivery } from '@bestendig/intake';
import { organisationOfSource } from '@bestendig/placement-application';
import { Answer } from '../answer';
import type { Asked } from '../asked';
import { maySpeakFor } from '../callers';
import { rule } from '../checked';
import { ProblemError } from '../problem';
import { Resources } from '../resources';

export class SearchIntakeQuery {
  @ApiProperty({ pattern: SOURCE.source, example: 'urn:nld:oin:00000001003214345000:systeem:hr' })
  @Matches(SOURCE, rule('pattern', `must match ${SOURCE.source}`))
  source!: string;

  @ApiProperty({ description: 'id of the message', example: 'hr-contract-signed-1' })
  @IsString(rule('wrongType', 'must be a text'))
  @MaxLength(200, rule('outOfRange', 'must have at most 200 characters'))
  id!: string;
}

/** What happened to one message: at first, at each delivery after, and what has become of it now. */
export class SearchIntake extends Query<Answer> {
  constructor(
    readonly query: SearchIntakeQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

@QueryHandler(SearchIntake)
export class SearchIntakeHandler implements IQueryHandler<SearchIntake> {
  constructor(private readonly resources: Resources) {}

  async execute({ query: { source, id }, asked }: SearchIntake): Promise<Answer> {
    if (!maySpeakFor(asked.caller, organisationOfSource(source))) throw new ProblemError('otherOrganisation', 'This source belongs to another organisation.');
    const { first, all } = await this.resources.intake.byMessage(source, id);
    const recorded = all.find(({ placementId, eventIds }) => placementId !== null && eventIds.length > 0);
    const now = recorded === undefined || recorded.placementId === null ? null : await this.resources.service.messageNow(recorded.placementId, recorded.eventIds);
    return new Answer({ source, id, first: first === null ? null : view(first), deliveries: all.map(view), now });
  }
}

const view = ({ origin, outcome, reason, fields, placementId, eventIds, recordedAt, receivedAt }: Delivery): object => ({
  ...{ origin, outcome, reason, fields, placementId, eventIds, recordedAt, receivedAt },
});
