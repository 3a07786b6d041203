import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { SOURCE } from '@bestendig/hr-messages';
import type { DeadLetter, Delivery } from '@bestendig/intake';
import { Answer } from '../answer';
import type { Asked } from '../asked';
import { rule } from '../checked';
import { Resources } from '../resources';
import { DEAD_LETTERS_PATH, DELIVERIES_PATH, hrefTo, scopeOf, SOURCE_RULE, stateOf } from './intake.views';

export class SearchIntakeQuery {
  @ApiProperty({ pattern: SOURCE.source, example: 'urn:nld:oin:00000001003214345000:systeem:hr' })
  @Matches(SOURCE, SOURCE_RULE)
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
    scopeOf(asked, source);
    const { intake, service } = this.resources;
    const { first, all } = await intake.byMessage(source, id);
    const recorded = all.find(({ placementId, eventIds }) => placementId !== null && eventIds.length > 0);
    const now =
      recorded === undefined || recorded.placementId === null
        ? null
        : await service.messageNow(recorded.placementId, recorded.eventIds);
    const setAside = all.filter(({ outcome }) => outcome === 'deadLetter').map(({ origin }) => origin);
    const letters = new Map(
      (setAside.length === 0 ? [] : await intake.deadLetters.byOrigins(setAside)).map((letter) => [
        letter.origin,
        letter,
      ]),
    );
    const view = (delivery: Delivery) => viewOf(delivery, letters.get(delivery.origin));
    const links = {
      deliveries: hrefTo(DELIVERIES_PATH, { source }),
      deadLetters: letters.size === 0 ? null : hrefTo(DEAD_LETTERS_PATH, { source }),
      placement: recorded === undefined ? null : `/v1/placements/${recorded.placementId}`,
    };
    return new Answer({
      source,
      id,
      first: first === null ? null : view(first),
      deliveries: all.map(view),
      now,
      links,
    });
  }
}

const viewOf = (
  { origin, outcome, reason, fields, placementId, eventIds, recordedAt, receivedAt }: Delivery,
  letter: DeadLetter | undefined,
): object => ({
  ...{ origin, outcome, reason, fields, placementId, eventIds, recordedAt, receivedAt },
  deadLetter: letter === undefined ? null : stateOf(letter),
});
