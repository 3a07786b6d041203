import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { amsterdamDay } from '@bestendig/duurzaamheid-domain';
import { SOURCE } from '@bestendig/hr-messages';
import {
  SUMMARY_DAYS,
  SUMMARY_DAYS_MAX,
  type Delivery,
  type Offender,
  type OutcomeCounts,
  type Tally,
} from '@bestendig/intake';
import { addDays } from '@bestendig/placement-domain';
import { Answer } from '../answer';
import type { Asked } from '../asked';
import { IsDay } from '../checked';
import { ProblemError, type FieldError } from '../problem';
import { Resources } from '../resources';
import { DELIVERIES_PATH, hrefTo, scopeOf, searchOf, SOURCE_RULE } from './intake.views';

/** Nothing was delivered before; the calendar's first year is none of PostgreSQL's. */
const FIRST_DAY = '2000-01-01';

export class IntakeQuery {
  @ApiPropertyOptional({ pattern: SOURCE.source, example: 'urn:nld:oin:00000001003214345000:systeem:hr' })
  @IsOptional()
  @Matches(SOURCE, SOURCE_RULE)
  source?: string;

  @ApiPropertyOptional({
    format: 'date',
    description: `first day of receipt (Europe/Amsterdam); by default ${SUMMARY_DAYS} days up to the last`,
  })
  @IsOptional()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ format: 'date', description: 'last day of receipt; by default today' })
  @IsOptional()
  @IsDay()
  until?: string;
}

/** What became of what was received in a period, by source. */
export class GetIntake extends Query<Answer> {
  constructor(
    readonly query: IntakeQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

@QueryHandler(GetIntake)
export class GetIntakeHandler implements IQueryHandler<GetIntake> {
  constructor(private readonly resources: Resources) {}

  async execute({ query, asked }: GetIntake): Promise<Answer> {
    const period = periodOf(query, amsterdamDay(this.resources.now()));
    const { sources, sourcesLeftOut, withoutSource } = await this.resources.intake.summary({
      ...period,
      ...scopeOf(asked, query.source),
    });
    return new Answer({
      ...period,
      sources: sources.map((one) => ({
        source: one.source,
        last: messageView(one.last),
        ...tallyView(one),
        href: hrefTo(DELIVERIES_PATH, { source: one.source }),
      })),
      sourcesLeftOut,
      withoutSource: withoutSource === null ? null : tallyView(withoutSource, false),
    });
  }
}

/** @throws ProblemError `invalid` */
function periodOf({ from, until }: IntakeQuery, today: string): { readonly from: string; readonly until: string } {
  const last = until ?? today;
  const first = from ?? addDays(last, 1 - SUMMARY_DAYS);
  const faults = faultsOf(first, last);
  if (faults.length > 0) throw new ProblemError('invalid', 'The request does not follow the contract.', faults);
  return { from: first, until: last };
}

function faultsOf(from: string, until: string): readonly FieldError[] {
  const early = { code: 'outOfRange', detail: `must not be before ${FIRST_DAY}` };
  const after = { code: 'notAllowed', detail: 'must not be after until, which is today by default' };
  const long = { code: 'outOfRange', detail: `must be at most ${SUMMARY_DAYS_MAX} days up to until` };
  const ofFrom =
    from < FIRST_DAY ? early : from > until ? after : addDays(from, SUMMARY_DAYS_MAX) <= until ? long : null;
  return [
    ...(ofFrom === null ? [] : [{ pointer: '#query/from', ...ofFrom }]),
    ...(until < FIRST_DAY ? [{ pointer: '#query/until', ...early }] : []),
  ];
}

/** In the order of a delivery's life, with their sum. */
const countsView = ({ accepted, duplicate, parked, refused, deadLetter }: OutcomeCounts): object => ({
  ...{ accepted, duplicate, parked, refused, deadLetter },
  total: accepted + duplicate + parked + refused + deadLetter,
});

/** Of what names no source there is nothing to look up: counts only. */
const tallyView = ({ outcomes, days, offenders }: Tally, named = true): object => ({
  outcomes: countsView(outcomes),
  days: days.map((one) => ({ day: one.day, ...countsView(one.outcomes) })),
  offenders: offenders.map(({ outcome, reason, count, fields, example }) => ({
    outcome,
    reason,
    count,
    fields,
    ...(named ? leadingTo({ outcome, reason, example }) : {}),
  })),
});

const leadingTo = ({ outcome, reason, example }: Pick<Offender, 'outcome' | 'reason' | 'example'>): object => ({
  href: hrefTo(DELIVERIES_PATH, { source: example.source, outcome, reason }),
  example: messageView(example),
});

const messageView = ({ source, messageId, origin, outcome, reason, receivedAt }: Delivery): object => ({
  ...{ id: messageId, origin, outcome, reason, receivedAt },
  href: searchOf(source, messageId),
});
