import type { Arrangement, Day, Sector } from './facts';

/** What an end is (MEASURES 3), in the words used there. */
export type EndOutcome = 'uitval' | 'doorstroom' | 'otherKnown' | 'otherUnknown';

/** Where one chain stands from one day until the day before another. The pieces of a chain join without a gap from day 0 on, for ever. */
export type ChainPiece = {
  readonly firstDay: Day;
  /** Null: for ever after. */
  readonly lastDay: Day | null;
  readonly state:
    | { readonly kind: 'inWork' }
    | { readonly kind: 'unconfirmed' }
    /** Ended: `outcome` of the end that began this piece. A gap between two spells is ended too. */
    | { readonly kind: 'ended'; readonly outcome: EndOutcome; readonly pensionOrDeath: boolean };
  /** The placement held (inWork), or last held. */
  readonly placementId: string;
  /** True where this piece begins by a date that is not known to the day, or assumed (MEASURES 2: counted apart). */
  readonly inexact: boolean;
};

export type Inconsistency = {
  readonly code:
    | 'continuationOfPensionOrDeath' // a continuation is recorded of a placement that ended by pension or death
    | 'continuationBeforeEnd' // what is named as the continuation begins on or before the last day
    | 'continuationClaimedTwice' // one end names two continuations, or two ends the same one
    | 'personOfTooManyPlacements'; // what stands for one person cannot be one: none of its placements was joined to another
  /** The placement whose continuation was, wholly or in part, not followed. */
  readonly placementId: string;
  /** The first day not in work of the end that makes the claim; of a person of too many placements day 0. */
  readonly on: Day;
};

/** A placement with all that continues it: one subject (MEASURES 3). Covariates are as known and true on day 0. */
export type Chain = {
  /** The first placement's id. */
  readonly id: string;
  readonly candidateId: string;
  /** In order of their first days; the first is `id`. */
  readonly placementIds: readonly string[];
  /** First day of paid employment. A placement without one is in no chain. */
  readonly day0: Day;
  /** Days after day 0 from which it is observed (0 for a new job): MEASURES 1, entry. What sources state of observedFrom comes later. */
  readonly entry: number;
  readonly source: string | null;
  readonly employerId: string;
  readonly sector: Sector;
  readonly region: string;
  readonly arrangement: Arrangement;
  readonly hoursPerWeek: number;
  readonly inTargetGroup: 'yes' | 'no' | 'unknown';
  readonly pieces: readonly ChainPiece[];
  /** A person was hired by the inlener in this chain, on these days (reported as doorstroom within; breaks same job, not the chain). */
  readonly hiredByInlenerOn: readonly Day[];
  /** What was read or left out, to be counted in answers (where its day is <= E). The first days not in work of ends under code 30 that were read as continued ... */
  readonly readAsContinuedOn: readonly Day[];
  /** ... and recorded continuations that were not followed. */
  readonly inconsistencies: readonly Inconsistency[];
  /**
   * The observation ends E (MEASURES 1) for which the chain is so: `from` <= E < `before`, null where there is no bound.
   * A fact dated after E does not exist for an answer, and the one thing this can change is which placement continues
   * which; almost every chain is so at every E. Only `chainsAtEveryEnd` gives bounded ones: a reader of that list leaves
   * out those whose range does not hold its E.
   */
  readonly shown: { readonly from: Day | null; readonly before: Day | null };
};
