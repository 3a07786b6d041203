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
  /** Code: why it is parked, refused or a dead letter. */
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

export const HR_OUTCOME_TYPE = 'nl.bestendig.hr-outcome.v1';
export const FIRST_HR_OUTCOMES = ['accepted', 'duplicate', 'parked', 'refused', 'deadLetter'] as const;
export type FirstHrOutcome = (typeof FIRST_HR_OUTCOMES)[number];
export const LATER_VERDICTS = ['stands', 'parked', 'superseded', 'retracted', 'discarded'] as const;
export type LaterVerdict = (typeof LATER_VERDICTS)[number];
