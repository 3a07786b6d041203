import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import { SOURCE } from '@bestendig/hr-messages';
import { Answer } from '../answer';
import type { Asked } from '../asked';
import { errorsOf, rule } from '../checked';
import type { Check } from '../contract.guard';
import { ProblemError, type FieldError } from '../problem';
import { Resources } from '../resources';
import { CODE, CODE_RULE, maySpeakForSource, scopeOf, SOURCE_RULE } from './intake.views';

const ORIGINS_MAX = 1_000;
/** Of a delivery that became a dead letter. */
const ORIGIN = /^kafka:[\x21-\x7e]{1,400}$/;

export class RedriveDeadLettersBody {
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', pattern: ORIGIN.source },
    maxItems: ORIGINS_MAX,
    description: 'these; not beside the others',
  })
  @IsOptional()
  @IsArray(rule('wrongType', 'must be a list of origins'))
  @ArrayMaxSize(ORIGINS_MAX, rule('outOfRange', `must be ${ORIGINS_MAX} at most`))
  @Matches(ORIGIN, {
    each: true,
    ...rule('pattern', 'must be origins of dead letters, kafka:<topic>/<partition>#<offset>'),
  })
  origins?: readonly string[];

  @ApiPropertyOptional({ pattern: SOURCE.source, description: 'those of this source' })
  @IsOptional()
  @Matches(SOURCE, SOURCE_RULE)
  source?: string;

  @ApiPropertyOptional({ pattern: CODE.source, description: 'those with this code', example: 'invalid' })
  @IsOptional()
  @Matches(CODE, CODE_RULE)
  code?: string;

  @ApiPropertyOptional({ enum: [true], description: 'all; not beside the others' })
  @IsOptional()
  @IsIn([true], rule('notAllowed', 'must be true'))
  all?: true;
}

/** That it names dead letters, in one way: a body that says nothing must not mean all. */
export const checkRedrive: Check = ({ body }) => {
  if (typeof body !== 'object' || body === null || errorsOf(RedriveDeadLettersBody, body, '/').length > 0) return [];
  const { origins, source, code, all }: RedriveDeadLettersBody = body;
  const ways = [origins, source ?? code, all].filter((way) => way !== undefined && way !== null).length;
  if (ways === 1) return [];
  const error: FieldError = {
    pointer: '',
    code: ways === 0 ? 'required' : 'notAllowed',
    detail: 'must name origins, or source and code or one of them, or all',
  };
  return [error];
};

/** Asks for dead letters to be sent again; whoever takes messages from Kafka does it. */
export class RedriveDeadLetters extends Command<Answer> {
  constructor(
    readonly body: RedriveDeadLettersBody,
    readonly asked: Asked,
  ) {
    super();
  }
}

@CommandHandler(RedriveDeadLetters)
export class RedriveDeadLettersHandler implements ICommandHandler<RedriveDeadLetters> {
  constructor(private readonly resources: Resources) {}

  async execute({ body: { origins, source, code }, asked }: RedriveDeadLetters): Promise<Answer> {
    const scope = scopeOf(asked, source);
    if (origins !== undefined) await this.requireKnown(origins, asked);
    const count = await this.resources.intake.deadLetters.ask({
      ...{ by: asked.caller.actor, ...scope },
      ...(origins === undefined ? {} : { origins }),
      ...(code === undefined ? {} : { code }),
    });
    return new Answer({ asked: count });
  }

  /** To an organisation another's letter and none at all are told alike: an origin can be guessed. @throws ProblemError `otherOrganisation`, `deadLetterUnknown` */
  private async requireKnown(origins: readonly string[], { caller }: Asked): Promise<void> {
    const letters = await this.resources.intake.deadLetters.byOrigins(origins);
    const own = new Set(letters.filter(({ source }) => maySpeakForSource(caller, source)).map(({ origin }) => origin));
    const unknown = origins.flatMap((origin, at) => (own.has(origin) ? [] : [at]));
    if (unknown.length === 0) return;
    if (caller.organisation !== null) throw new ProblemError('otherOrganisation', 'Some are no dead letters of your own sources.');
    const errors = unknown.map((at) => ({ pointer: `/origins/${at}`, code: 'deadLetterUnknown', detail: 'is no dead letter' }));
    throw new ProblemError('deadLetterUnknown', 'Some are no dead letters: none was asked for.', errors);
  }
}
