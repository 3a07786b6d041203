import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { commandFor, newIdsOf, type CommandResult } from '@bestendig/placement-application';
import type { Fact } from '@bestendig/placement-domain';
import { Answer, etag } from '../answer';
import type { Asked, Conditions } from '../asked';
import type { Caller } from '../callers';
import { Resources } from '../resources';
import { factFrom } from './fact-body';

/** In whose name a person's command is kept; without tokens there is no organisation to name. */
export const inNameOf = (caller: Caller) => ({ actor: caller.actor, organisation: caller.organisation ?? caller.actor });

/** What a command is answered with: the revision for the next one, and the position to wait for when reading. */
export function answerTo(result: CommandResult, status: 200 | 201, headers: Readonly<Record<string, string>> = {}): Answer {
  const { placementId, eventIds, revision, position, recordedAt, notices } = result;
  return new Answer({ placementId, eventIds, revision, position, recordedAt, notices }, { ...headers, etag: etag(revision) }, status);
}

export class RegisterPlacement extends Command<Answer> {
  constructor(
    readonly body: unknown,
    readonly conditions: Conditions,
    readonly asked: Asked,
  ) {
    super();
  }
}

@CommandHandler(RegisterPlacement)
export class RegisterPlacementHandler implements ICommandHandler<RegisterPlacement> {
  constructor(private readonly resources: Resources) {}

  async execute({ body, conditions: { idempotencyKey }, asked }: RegisterPlacement): Promise<Answer> {
    const caller = inNameOf(asked.caller);
    const route = 'placements';
    const { placementId, candidateId } = newIdsOf({ organisation: caller.organisation, caller: caller.actor, route, idempotencyKey });
    const fact = factFrom('placement-registered', body, candidateId);
    const result = await this.resources.service.execute({
      ...{ placementId, command: commandFor(fact), content: body, caller, route, idempotencyKey, at: this.resources.now() },
      ifMatch: 'new',
    });
    return answerTo(result, 201, { location: `/v1/placements/${placementId}` });
  }
}

export class RecordFact extends Command<Answer> {
  constructor(
    readonly placementId: string,
    /** Short name of the fact, as in the path. */
    readonly factName: string,
    readonly body: unknown,
    readonly conditions: Conditions,
    readonly asked: Asked,
  ) {
    super();
  }
}

@CommandHandler(RecordFact)
export class RecordFactHandler implements ICommandHandler<RecordFact> {
  constructor(private readonly resources: Resources) {}

  async execute({ placementId, factName, body, conditions, asked }: RecordFact): Promise<Answer> {
    const caller = inNameOf(asked.caller);
    const route = `placements/${factName}`;
    const { candidateId } = newIdsOf({ organisation: caller.organisation, caller: caller.actor, route: `${route}/${placementId}`, idempotencyKey: conditions.idempotencyKey });
    return answerTo(await execute(this.resources, placementId, route, factFrom(factName, body, candidateId), body, conditions, asked), 200);
  }
}

/** Runs a command on a placement that is there: the caller says which revision it has seen. */
export function execute(resources: Resources, placementId: string, route: string, fact: Fact, content: unknown, conditions: Conditions, asked: Asked): Promise<CommandResult> {
  const { ifMatch, idempotencyKey } = conditions;
  if (ifMatch === null) throw new TypeError('a path that takes changes without requireIfMatch');
  return resources.service.execute({ placementId, command: commandFor(fact), content, caller: inNameOf(asked.caller), route, idempotencyKey, ifMatch, at: resources.now() });
}
