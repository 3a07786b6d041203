import { PARKED_REASONS } from '@bestendig/placement-domain';
import { list, moment, object, oneOf, orNull, text, uuid, type JsonSchema } from './json-schema';

/**
 * What became of one delivery of an HR message: the contract of `bestendig.hr-outcomes.v1`. Its first outcome comes with
 * `outcome`, and every later change of the verdict with `verdict`; the one not told is null.
 */
export type HrOutcome = {
  /** `kafka:<topic>/<partition>#<offset>`. */
  readonly delivery: string;
  /** Of the message; null where it may hold a BSN or cannot be read. */
  readonly source: string | null;
  readonly messageId: string | null;
  readonly outcome: FirstHrOutcome | null;
  readonly verdict: LaterVerdict | null;
  /** One of HR_OUTCOME_REASONS: why it is parked, refused or a dead letter. */
  readonly reason: string | null;
  /** JSON pointers of what was wrong; never a value. */
  readonly fields: readonly string[];
  /** Of a duplicate: the outcome of the delivery that was recorded. */
  readonly first: { readonly outcome: 'accepted' | 'parked'; readonly reason: string | null } | null;
  readonly placementId: string | null;
  readonly eventIds: readonly string[];
  /** When it was recorded, or when what changed the verdict became known. */
  readonly recordedAt: string | null;
};

export const HR_OUTCOMES_TOPIC = 'bestendig.hr-outcomes.v1';
export const HR_OUTCOME_TYPE = 'nl.bestendig.hr-outcome.v1';
export const FIRST_HR_OUTCOMES = ['accepted', 'duplicate', 'parked', 'refused', 'deadLetter'] as const;
export type FirstHrOutcome = (typeof FIRST_HR_OUTCOMES)[number];
export const LATER_VERDICTS = ['stands', 'parked', 'superseded', 'retracted', 'discarded'] as const;
export type LaterVerdict = (typeof LATER_VERDICTS)[number];

/** Why a delivery is a dead letter. */
export const DEAD_LETTER_REASONS = [
  'noValue', 'notUtf8', 'notJson', 'nameTwice', // the value cannot be read
  'headerTwice', 'contentType', 'batch', 'noCloudEvent', // no CloudEvent in one of the two modes
  'tooLarge', // its value or key
  'invalid', // breaks the contract
  'idReusedWithOtherContent', // the same id and source were another message
  'notHandled', // a defect of ours
] as const; // prettier-ignore
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

/** All that `reason` may be: of a message that was corrected, retracted or discarded before it came, that. */
export const HR_OUTCOME_REASONS: readonly string[] = [
  ...[...PARKED_REASONS, 'mayHoldBsn', ...DEAD_LETTER_REASONS],
  ...LATER_VERDICTS.filter((verdict) => verdict !== 'stands' && verdict !== 'parked'),
];

/** Not an enum: a later version may know more reasons. */
const REASON: JsonSchema = { ...orNull(text), description: 'a code; more may come', examples: HR_OUTCOME_REASONS };

export const HR_OUTCOME_SCHEMA: JsonSchema = object(
  {
    delivery: text,
    source: orNull(text),
    messageId: orNull(text),
    outcome: orNull(oneOf(FIRST_HR_OUTCOMES)),
    verdict: orNull(oneOf(LATER_VERDICTS)),
    reason: REASON,
    fields: list(text),
    first: { ...object({ outcome: oneOf(['accepted', 'parked']), reason: orNull(text) }), type: ['object', 'null'] },
    placementId: orNull(uuid),
    eventIds: list(uuid),
    recordedAt: orNull(moment),
  },
  'What became of one delivery of an HR message',
);

/** What an integrator reads first. */
export const HR_OUTCOME_EXAMPLE: HrOutcome = {
  ...{
    delivery: 'kafka:bestendig.hr-facts.v1/3#1042',
    source: 'urn:nld:oin:00000001003214345000:systeem:hr',
    messageId: 'hr-contract-signed-1',
  },
  ...{ outcome: 'parked', verdict: null, reason: 'notRegistered', fields: [], first: null },
  ...{
    placementId: '2b1e0c9a-7c55-8f6e-9d0a-4b1f6f0c8d21',
    eventIds: ['0e8f6c1a-2b3d-5e4f-8a6b-7c9d0e1f2a3b'],
    recordedAt: '2026-03-02T09:00:00.123456Z',
  },
};
