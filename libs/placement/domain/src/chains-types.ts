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
};

/** A placement with all that continues it: one subject (MEASURES 3). Covariates are as known and true on day 0. */
export type Chain = {
  /** The first placement's id. */
  readonly id: string;
  readonly candidateId: string;
  /** In order; the first is `id`. */
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
  /** What was read or left out, to be counted in answers. */
  readonly readAsContinued: number;
  readonly inconsistencies: readonly { readonly code: 'continuationOfPensionOrDeath' | 'continuationBeforeEnd' | 'continuationClaimedTwice'; readonly placementId: string }[];
};
