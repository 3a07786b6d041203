import type { Schema } from '@bestendig/hr-messages';
import { DEAD_LETTER_STATES, OUTCOMES } from '@bestendig/intake';
import { ANSWERED } from './problem-status';

/*
 * What answers look like, for OpenAPI. What hangs on every answer stands here once. A schema names the fields that a
 * caller builds upon; others may be added without a new version, so none is closed.
 */
const text: Schema = { type: 'string' };
const id: Schema = { type: 'string', format: 'uuid' };
const day: Schema = { type: 'string', format: 'date' };
const moment: Schema = { type: 'string', format: 'date-time' };
const whole: Schema = { type: 'integer' };
const number: Schema = { type: 'number' };
const flag: Schema = { type: 'boolean' };
const anything: Schema = { type: 'object', additionalProperties: true };
const orNull = (schema: Schema): Schema => ({ ...schema, nullable: true });
const list = (items: Schema): Schema => ({ type: 'array', items });
const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', required: Object.keys(properties), properties });
const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** The moment and the definition that an answer rests on. */
const stated: Readonly<Record<string, Schema>> = { definition: text, knownAt: moment };

/** What every measure says beside its cells. */
const measure: Readonly<Record<string, Schema>> = {
  ...{ ...stated, asReported: flag, peildatum: day, peildatumCutBack: flag, observedThrough: object({ lowest: day, highest: day }) },
  ...{ cohort: text, horizons: list(whole), leftOut: anything, ownReadings: list(text) },
};

const FIELD_ERROR = object({ pointer: text, code: text, detail: text });
const FIRST_OUTCOME = orNull(object({ outcome: oneOf('accepted', 'parked'), reason: orNull(text) }));
const VERDICT = oneOf('stands', 'parked', 'superseded', 'retracted', 'discarded');
const ELSEWHERE = orNull(object({ placementId: id, eventId: id }));

const HR_FACT_RESULT: Schema = {
  ...object({
    index: whole, source: orNull(text), id: orNull(text), outcome: oneOf('accepted', 'duplicate', 'parked', 'refused'), reason: orNull(text), first: FIRST_OUTCOME,
    placementId: orNull(id), eventIds: list(id), recordedAt: orNull(moment), position: orNull(text),
  }),
}; // prettier-ignore

const HISTORY_FACT = object({
  eventId: id, revision: whole, type: text, data: anything, effectiveDate: day, recordedAt: moment, reportedAt: orNull(moment), source: orNull(text), messageId: text, actor: text,
  verdict: VERDICT, reason: orNull(text), because: orNull(id), refersTo: list(id), referredToBy: list(id), movedTo: ELSEWHERE, movedFrom: ELSEWHERE, hash: text,
}); // prettier-ignore

const DELIVERY_OUTCOME = oneOf(...OUTCOMES);
const OUTCOME_COUNTS = { ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, whole])), total: whole };
const INTAKE_MESSAGE = object({ id: orNull(text), origin: text, outcome: DELIVERY_OUTCOME, reason: orNull(text), receivedAt: moment, href: orNull(text) });
const INTAKE_OFFENDER = { outcome: DELIVERY_OUTCOME, reason: orNull(text), count: whole, fields: list(object({ field: text, count: whole })) };
const INTAKE_TALLY = { outcomes: object(OUTCOME_COUNTS), days: list(object({ day, ...OUTCOME_COUNTS })), offenders: list(reference('IntakeOffender')) };
const INTAKE_COUNTS = object({ ...INTAKE_TALLY, offenders: list(object(INTAKE_OFFENDER)) });

/** By name, for the components of OpenAPI. */
export const answerSchemas = (): Readonly<Record<string, Schema>> => ({
  Problem: { ...object({ type: text, title: text, status: whole, detail: text, code: oneOf(...Object.keys(ANSWERED)) }), description: 'RFC 9457; `errors` has all that is wrong, together' },
  FieldError: FIELD_ERROR,
  HrFactResults: object({ results: list(reference('HrFactResult')) }),
  HrFactResult: { ...HR_FACT_RESULT, description: 'A duplicate carries the first result; a refused message its errors' },
  CommandResult: object({ placementId: id, eventIds: list(id), revision: whole, position: text, recordedAt: moment, notices: list(anything) }),
  LinkMendedResult: object({ placementId: id, previousPlacementId: id, eventId: id, position: text, recordedAt: moment }),
  Placement: object({ placementId: id, ...stated, asReported: flag, registration: orNull(anything), phases: list(anything), spells: list(anything), facts: anything }),
  PlacementHistory: object({ placementId: id, ...stated, asReported: flag, facts: list(HISTORY_FACT) }),
  PlacementList: object({ ...stated, asReported: flag, placements: list(reference('PlacementItem')) }),
  PlacementItem: object({ placementId: id, candidateId: orNull(id), employerId: orNull(text), sector: orNull(text), region: orNull(text), firstDay: orNull(day), lastDay: orNull(day), plannedEnd: orNull(day), spells: whole, parkedFacts: whole }), // prettier-ignore
  ParkedFactList: object({ ...stated, asReported: flag, parkedFacts: list(reference('ParkedFact')) }),
  ParkedFact: object({ placementId: id, eventId: id, type: text, reason: text, because: orNull(id), effectiveDate: day, recordedAt: moment, reportedAt: orNull(moment), source: orNull(text), messageId: text }), // prettier-ignore
  IntakeOfMessage: object({ source: text, id: text, first: orNull(anything), deliveries: list(anything), now: orNull(anything), links: object({ deliveries: text, deadLetters: orNull(text), placement: orNull(text) }) }),
  Intake: { ...object({ from: day, until: day, sources: list(reference('IntakeOfSource')), sourcesLeftOut: whole, withoutSource: orNull(INTAKE_COUNTS) }), description: 'The source heard of last is first; `withoutSource` counts what could not be read or may hold a BSN' },
  IntakeOfSource: object({ source: text, last: INTAKE_MESSAGE, ...INTAKE_TALLY, href: text }),
  IntakeOffender: object({ ...INTAKE_OFFENDER, href: text, example: INTAKE_MESSAGE }),
  DeliveryList: object({ deliveries: list(reference('Delivery')) }),
  Delivery: object({
    source: orNull(text), id: orNull(text), origin: text, outcome: DELIVERY_OUTCOME, reason: orNull(text), fields: list(text), placementId: orNull(id), eventIds: list(id),
    recordedAt: orNull(moment), receivedAt: moment, href: orNull(text),
  }),
  DeadLetterList: object({ deadLetters: list(reference('DeadLetter')) }),
  DeadLetter: object({
    source: orNull(text), id: orNull(text), origin: text, state: oneOf(...DEAD_LETTER_STATES), code: text, cycle: whole, topic: text, partition: whole, offset: text,
    writtenAt: moment, askedAt: orNull(moment), askedBy: orNull(text), sentAt: orNull(moment), problem: orNull(text), href: orNull(text),
  }),
  DeadLettersAsked: object({ asked: whole }),
  CohortRetention: { ...object({ ...measure }), description: 'Rows by start cohort, or groups of rows where grouped; each cell with its counts, share, 95% interval and bounds' },
  Duurzaamheid: { ...object({ ...measure, rows: list(anything) }), description: 'Rows by start cohort; each cell with still in work, unconfirmed, uitval and its bounds, doorstroom, other ends' },
  Projections: object({ projections: list(anything) }),
  QuarantinedPlacementList: object({ quarantinedPlacements: list(reference('QuarantinedPlacement')) }),
  QuarantinedPlacement: object({ placementId: id, eventId: text, eventType: text, knownTime: moment, error: text, attempts: whole, quarantinedAt: moment, retryAt: moment }),
  RedriveResult: object({ redriven: whole }),
  Rebuilds: object({ rebuilds: list(reference('Rebuild')) }),
  Rebuild: object({
    number: whole, state: oneOf('requested', 'running', 'stopped', 'awaitsApproval', 'switched', 'verified', 'differs', 'cancelled'), onlyVerify: flag, approved: flag, byProjector: flag, fingerprint: orNull(text),
    step: orNull(text), events: orNull(whole), eventsInAll: orNull(whole), eventsPerSecond: orNull(number), secondsLeft: orNull(number), result: orNull(anything),
    requestedAt: moment, startedAt: orNull(moment), toldAt: orNull(moment), endedAt: orNull(moment),
  }),
  RebuildRequested: object({ rebuild: whole, state: text }),
  RollBackResult: object({ live: text }),
  CancelResult: object({ cancelled: flag }),
  Health: { ...object({ status: oneOf('up', 'degraded'), quarantined: whole }), description: 'Degraded while a placement is in quarantine' },
});
