import { Command, CommandHandler, type ICommandHandler, type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { organisationOfSource, type FactOutcome, type HrFact } from '@bestendig/placement-application';
import { validateMessage, type MessageError, type Refusal } from '@bestendig/hr-messages';
import type { DeliveryRow } from '@bestendig/intake';
import { Answer } from '../answer';
import type { Asked } from '../asked';
import { maySpeakFor, type Caller } from '../callers';
import { ProblemError } from '../problem';
import { Resources } from '../resources';

export const BATCH_MESSAGES_MAX = 1_000;

/** HR messages as they came: a batch, or one alone, which is a problem of its own when it is not right. */
export type Delivery = { readonly messages: readonly unknown[]; readonly single: boolean };

export class RecordHrFacts extends Command<Answer> {
  constructor(
    readonly delivery: Delivery,
    readonly asked: Asked,
  ) {
    super();
  }
}

/** The same answer, nothing stored. */
export class ValidateHrFacts extends Query<Answer> {
  constructor(
    readonly delivery: Delivery,
    readonly asked: Asked,
  ) {
    super();
  }
}

@CommandHandler(RecordHrFacts)
export class RecordHrFactsHandler implements ICommandHandler<RecordHrFacts> {
  constructor(private readonly resources: Resources) {}

  async execute({ delivery, asked }: RecordHrFacts): Promise<Answer> {
    const checked = check(delivery, asked, this.resources.secret);
    const outcomes = await recorded(this.resources, checked, asked.caller, false);
    // After the append: what a crash leaves out here, a reaction fills in.
    await this.resources.intake.record(deliveryRows(checked, outcomes));
    return answer(delivery, checked, outcomes);
  }
}

@QueryHandler(ValidateHrFacts)
export class ValidateHrFactsHandler implements IQueryHandler<ValidateHrFacts> {
  constructor(private readonly resources: Resources) {}

  async execute({ delivery, asked }: ValidateHrFacts): Promise<Answer> {
    const checked = check(delivery, asked, this.resources.secret);
    return answer(delivery, checked, await recorded(this.resources, checked, asked.caller, true));
  }
}

/** One message after validation: the fact it tells, or why it is refused. */
type CheckedMessage = { readonly ok: true; readonly fact: HrFact } | { readonly ok: false; readonly refusal: RefusedMessage };
type RefusedMessage = Omit<Refusal, 'code'> & { readonly code: Refusal['code'] | 'otherOrganisation' };

function check({ messages, single }: Delivery, { caller, requestId }: Asked, digestKey: Buffer): readonly CheckedMessage[] {
  if (!single && (messages.length === 0 || messages.length > BATCH_MESSAGES_MAX))
    throw new ProblemError('invalid', 'The batch does not follow the contract.', [{ pointer: '', code: 'outOfRange', detail: `must be a list of 1 to ${BATCH_MESSAGES_MAX} messages` }]);
  return messages.map((message, index) => {
    const origin = `http:${requestId}#${index}`;
    const validated = validateMessage(message, { origin, door: 'http', digestKey });
    if (!validated.ok || maySpeakFor(caller, organisationOfSource(validated.fact.source))) return validated;
    const errors: readonly MessageError[] = [{ pointer: '/source', code: 'notAllowed', detail: 'must be a source of your own organisation' }];
    const { source, messageId } = validated.fact;
    return { ok: false, refusal: { code: 'otherOrganisation', errors, origin, source, messageId, digest: null } };
  });
}

/** Outcomes by origin. */
async function recorded(resources: Resources, checked: readonly CheckedMessage[], caller: Caller, dryRun: boolean): Promise<ReadonlyMap<string, FactOutcome>> {
  const facts = checked.flatMap((message) => (message.ok ? [message.fact] : []));
  // Without tokens the source's own organisation is the controller.
  const by = { actor: caller.actor, ...(caller.organisation === null ? {} : { organisation: caller.organisation }) };
  const outcomes = await resources.service.recordHrFacts(facts, { dryRun, by });
  return new Map(outcomes.map((outcome) => [outcome.origin, outcome]));
}

function answer({ single }: Delivery, checked: readonly CheckedMessage[], outcomes: ReadonlyMap<string, FactOutcome>): Answer {
  const [only] = checked;
  if (single && only !== undefined && !only.ok) {
    const { code, errors } = only.refusal;
    throw new ProblemError(code, code === 'mayHoldBsn' ? 'The message was refused, and no copy of it was kept.' : 'The message does not follow the contract.', errors);
  }
  return new Answer({ results: checked.map((message, index) => (message.ok ? resultOf(index, outcomes.get(message.fact.origin)) : refusedResult(index, message.refusal))) });
}

function resultOf(index: number, outcome: FactOutcome | undefined): object {
  if (outcome === undefined) throw new RangeError('a message without an outcome');
  const { source, messageId: id, outcome: what, reason, first, placementId, eventIds, recordedAt, position } = outcome;
  return { index, source, id, outcome: what, reason, first, placementId, eventIds, recordedAt, position };
}

function refusedResult(index: number, { source, messageId: id, code, errors }: RefusedMessage): object {
  return { index, source, id, outcome: 'refused', reason: code, errors, first: null, placementId: null, eventIds: [], recordedAt: null, position: null };
}

/** One row of the ledger per message: outcomes as they are, and of a refused message only where it was wrong. */
const deliveryRows = (checked: readonly CheckedMessage[], outcomes: ReadonlyMap<string, FactOutcome>): readonly DeliveryRow[] => [
  ...outcomes.values(),
  ...checked.flatMap((message) => (message.ok ? [] : [refusedRow(message.refusal)])),
];

const refusedRow = ({ origin, source, messageId, code, errors, digest }: RefusedMessage): DeliveryRow => ({
  ...{ origin, source, messageId, outcome: 'refused', reason: code, digest, placementId: null, eventIds: [], recordedAt: null },
  fields: errors.map(({ pointer }) => pointer),
});
