import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { SOURCE } from '@bestendig/hr-messages';
import { DEAD_LETTER_STATES, OUTCOMES, type DeadLetterState, type Outcome } from '@bestendig/intake';
import { Answer } from '../answer';
import type { Asked } from '../asked';
import { momentOf, rule } from '../checked';
import { BarePageQuery, limitOf, unreadableCursor } from '../pages';
import { Resources } from '../resources';
import {
  CODE,
  CODE_RULE,
  cursorParts,
  DEAD_LETTERS_PATH,
  deadLetterView,
  DELIVERIES_PATH,
  deliveryView,
  pageOf,
  scopeOf,
  SOURCE_RULE,
} from './intake.views';

class OfSourceQuery extends BarePageQuery {
  @ApiPropertyOptional({ pattern: SOURCE.source, example: 'urn:nld:oin:00000001003214345000:systeem:hr' })
  @IsOptional()
  @Matches(SOURCE, SOURCE_RULE)
  source?: string;
}

export class ListDeliveriesQuery extends OfSourceQuery {
  @ApiPropertyOptional({ enum: OUTCOMES, enumName: 'DeliveryOutcome' })
  @IsOptional()
  @IsIn(OUTCOMES, rule('notAllowed', `must be one of: ${OUTCOMES.join(', ')}`))
  outcome?: Outcome;

  @ApiPropertyOptional({ pattern: CODE.source, example: 'notRegistered' })
  @IsOptional()
  @Matches(CODE, CODE_RULE)
  reason?: string;
}

/** Deliveries with their first outcomes, newest first. */
export class ListDeliveries extends Query<Answer> {
  constructor(
    readonly query: ListDeliveriesQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

/** `seen` of the last delivery of the page before. */
const DELIVERY_CURSOR = /^(\d{1,18})$/;

@QueryHandler(ListDeliveries)
export class ListDeliveriesHandler implements IQueryHandler<ListDeliveries> {
  constructor(private readonly resources: Resources) {}

  async execute({ query, asked }: ListDeliveries): Promise<Answer> {
    const { source, outcome, reason } = query;
    const [before] = cursorParts(query, DELIVERY_CURSOR) ?? [];
    const filter = {
      ...scopeOf(asked, source),
      ...(outcome === undefined ? {} : { outcome }),
      ...(reason === undefined ? {} : { reason }),
      ...(before === undefined ? {} : { before }),
    };
    const found = await this.resources.intake.list({ ...filter, limit: limitOf(query) + 1 });
    const { items, headers } = pageOf(DELIVERIES_PATH, query, found, ({ seen }) => seen);
    return new Answer({ deliveries: items.map(deliveryView) }, headers);
  }
}

export class ListDeadLettersQuery extends OfSourceQuery {
  @ApiPropertyOptional({
    enum: DEAD_LETTER_STATES,
    enumName: 'DeadLetterState',
    description: 'open: not asked to be sent again; asked: not sent yet; sent: again in its topic',
  })
  @IsOptional()
  @IsIn(DEAD_LETTER_STATES, rule('notAllowed', `must be one of: ${DEAD_LETTER_STATES.join(', ')}`))
  state?: DeadLetterState;
}

/** Messages that were set aside as dead letters, newest first. */
export class ListDeadLetters extends Query<Answer> {
  constructor(
    readonly query: ListDeadLettersQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

/** When the last letter of the page before was written, and its origin. */
const LETTER_CURSOR = /^(2\d{3}\S{23}) ([\x21-\x7e]{1,500})$/;

@QueryHandler(ListDeadLetters)
export class ListDeadLettersHandler implements IQueryHandler<ListDeadLetters> {
  constructor(private readonly resources: Resources) {}

  async execute({ query, asked }: ListDeadLetters): Promise<Answer> {
    const { source, state } = query;
    const [writtenAt = '', origin = ''] = cursorParts(query, LETTER_CURSOR) ?? [];
    if (origin !== '' && momentOf(writtenAt) === null) throw unreadableCursor();
    const filter = {
      ...scopeOf(asked, source),
      ...(state === undefined ? {} : { state }),
      ...(origin === '' ? {} : { before: { writtenAt, origin } }),
    };
    const found = await this.resources.intake.deadLetters.list({ ...filter, limit: limitOf(query) + 1 });
    const { items, headers } = pageOf(
      DEAD_LETTERS_PATH,
      query,
      found,
      (letter) => `${letter.writtenAt} ${letter.origin}`,
    );
    return new Answer({ deadLetters: items.map(deadLetterView) }, headers);
  }
}
