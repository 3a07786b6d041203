import type { FactDraft } from '@bestendig/placement-application';
import type { Fact, PlacementFact } from '@bestendig/placement-domain';
import { MESSAGE_TYPES, messageTypeOfShortName, validateMessage, type MessageType } from '@bestendig/hr-messages';
import { isUuid } from '../checked';
import type { Check } from '../contract.guard';
import { ProblemError, type FieldError } from '../problem';

/*
 * The body of a person's command is the `data` of the message by which HR tells the same fact, with the same names,
 * dates and rules. What differs: a person names placements, persons and events by their ids, where a source uses keys.
 */

/** What is wrong with the body of a fact, for the guard that tells all at once. */
export const factBody = (shortName: string): Check => ({ body }) => {
  try {
    factFrom(shortName, body, NO_ID);
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.errors;
    throw error;
  }
};

/** Fields of a message that name keys of a source; a person's command has none of them. */
export const KEY_FIELDS = ['employment', 'person', 'successorEmployment'] as const;

/** What stands in a message where the command has ids: any valid text, it is never looked at. */
const NO_KEY = 'none';
const NO_ID = '00000000-0000-0000-0000-000000000000';
const NO_SOURCE = 'urn:nld:oin:00000000000000000000:systeem:api';

/** Ids that a command may name beside the fields of its fact. */
type Ids = { readonly candidateId: string | null; readonly successorPlacementId: string | null };

/** The last part of the path for each fact that is told of a placement: `contract-signed`. */
export const FACT_ROUTES: readonly MessageType[] = MESSAGE_TYPES.filter(({ replacement }) => replacement !== null);

/**
 * The fact that a body tells.
 *
 * @param newCandidateId the id of the person where a registration names none
 * @throws ProblemError `invalid`
 */
export function factFrom(shortName: string, body: unknown, newCandidateId: string): Fact {
  const messageType = messageTypeOfShortName(shortName);
  if (messageType === undefined) throw new ProblemError('notFound', 'There is no such fact.');
  const errors: FieldError[] = [];
  const { fields, ids } = withoutIds(messageType, body, '', errors);
  const replaced = messageType.factType === 'FactCorrected' ? replacementOf(fields, errors) : null;
  const data = { ...(replaced === null ? fields : { ...fields, replacement: replaced.fields }), employment: NO_KEY, ...(messageType.factType === 'PlacementRegistered' ? { person: NO_KEY } : {}) };
  const message = { specversion: '1.0', id: 'command', source: NO_SOURCE, type: messageType.type, data };
  const validated = validateMessage(message, { origin: 'http:command#0', door: 'http', digestKey: Buffer.alloc(32) });
  if (!validated.ok) errors.push(...validated.refusal.errors.map((error) => ({ ...error, pointer: error.pointer.replace(/^\/data(?=\/|$)/, '') })));
  if (!validated.ok || errors.length > 0) throw new ProblemError(validated.ok || validated.refusal.code !== 'mayHoldBsn' ? 'invalid' : 'mayHoldBsn', 'The body does not follow the contract.', errors);
  const [draft] = validated.fact.facts;
  if (draft === undefined) throw new TypeError('a message without a fact');
  return filled(draft, ids, replaced?.ids ?? null, newCandidateId);
}

type Fields = { readonly fields: Record<string, unknown>; readonly ids: Ids };

/** Takes the ids out, and refuses keys of a source. What is no object is left for the contract to refuse. */
function withoutIds(messageType: MessageType, body: unknown, at: string, errors: FieldError[]): Fields {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  const given: Record<string, unknown> = isObject ? { ...body } : {};
  if (!isObject) errors.push({ pointer: at, code: 'wrongType', detail: 'must be an object' });
  for (const key of KEY_FIELDS) {
    if (!(key in given)) continue;
    errors.push({ pointer: `${at}/${key}`, code: 'unknownField', detail: 'is a key of a source: a command names ids' });
    delete given[key];
  }
  const take = (name: string, allowed: boolean): string | null => {
    if (!allowed || !(name in given)) return null;
    const value = given[name];
    delete given[name];
    if (typeof value === 'string' && isUuid(value)) return value;
    errors.push({ pointer: `${at}/${name}`, code: 'pattern', detail: 'must be a UUID in lower case' });
    return null;
  };
  const candidateId = take('candidateId', messageType.factType === 'PlacementRegistered');
  const successorPlacementId = take('successorPlacementId', hasSuccessor(messageType));
  checkReference(messageType, given, at, errors);
  return { fields: given, ids: { candidateId, successorPlacementId } };
}

export const hasSuccessor = ({ factType }: Pick<MessageType, 'factType'>): boolean => factType === 'EmploymentContinued' || factType === 'HiredByInlener';

/** `corrects` and `retracts` name an event of this placement. */
function checkReference({ factType }: MessageType, fields: Record<string, unknown>, at: string, errors: FieldError[]): void {
  const name = factType === 'FactCorrected' ? 'corrects' : factType === 'FactRetracted' ? 'retracts' : null;
  const value = name === null ? undefined : fields[name];
  if (name !== null && typeof value === 'string' && !isUuid(value)) errors.push({ pointer: `${at}/${name}`, code: 'pattern', detail: 'must be the id of an event of this placement' });
}

function replacementOf(fields: Record<string, unknown>, errors: FieldError[]): Fields | null {
  const replacement: unknown = fields['replacement'];
  const type: unknown = typeof replacement === 'object' && replacement !== null && 'type' in replacement ? replacement.type : undefined;
  const messageType = typeof type === 'string' ? messageTypeOfShortName(type) : undefined;
  if (messageType === undefined || messageType.replacement === null) return null;
  const taken = withoutIds(messageType, replacement, '/replacement', errors);
  if (messageType.factType !== 'PlacementRegistered') return taken;
  // A correction that named nobody would make the placement somebody else's.
  if (taken.ids.candidateId === null) errors.push({ pointer: '/replacement/candidateId', code: 'required', detail: 'is required: whose placement it is' });
  return { ...taken, fields: { ...taken.fields, person: NO_KEY } };
}

function filled(draft: FactDraft, ids: Ids, replacedIds: Ids | null, newCandidateId: string): Fact {
  if (draft.type === 'FactCorrected') {
    const replacement = filledPlacementFact(draft.data.replacement, replacedIds ?? ids, newCandidateId);
    return { type: 'FactCorrected', data: { ...draft.data, corrects: { eventId: draft.data.corrects.messageId }, replacement } };
  }
  if (draft.type === 'FactRetracted') return { type: 'FactRetracted', data: { ...draft.data, retracts: { eventId: draft.data.retracts.messageId } } };
  return filledPlacementFact(draft, ids, newCandidateId);
}

function filledPlacementFact(draft: Exclude<FactDraft, { readonly type: 'FactCorrected' | 'FactRetracted' }>, ids: Ids, newCandidateId: string): PlacementFact {
  if (draft.type === 'PlacementRegistered') return { type: draft.type, data: { ...draft.data, candidateId: ids.candidateId ?? newCandidateId } };
  const successor = ids.successorPlacementId === null ? {} : { successorPlacementId: ids.successorPlacementId };
  if (draft.type === 'EmploymentContinued') return { type: draft.type, data: { ...draft.data, ...successor } };
  if (draft.type === 'HiredByInlener') return { type: draft.type, data: { ...draft.data, ...successor } };
  return draft;
}
