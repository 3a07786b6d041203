import type { Arrangement, ContractForm, Day, DOORSTROOM_TO, EndCode, FactType, Inlener, InterruptionKind, OTHER_ENDS, PlacementEvent, PlacementFact, Sector, UITVAL_CAUSES } from './facts';

/** Why a fact is in the log but does not (yet) count. Each waits for, or gives way to, another fact. */
export const PARKED_REASONS = [
  'notRegistered', // no registration of this placement stands
  'otherFactStands', // a fact that excludes this one has a lower rank
  'noContract', // needs a contract that covers its date
  'contractRunning', // a contract is signed while an earlier one still runs: waits for its end
  'noContractToExtend', // an extension without an earlier contract
  'alreadyPermanent', // made permanent while already permanent
  'notStarted', // an end (stage, proefplaatsing, jobcoach, buddy, interruption) without its start
  'alreadyRunning', // a second start while the first still runs
  'proefplaatsingTooLong', // longer than the authority allows in all (dated policy)
  'noInlener', // hired by an inlener that the placement does not have on that day
  'targetUnknown', // corrects, retracts or discards a fact that is not (yet) in this placement
  'cyclicReference', // corrections that refer to each other in a ring
  'cannotReplaceModifier', // a correction of a retraction or of a discard: retract that one instead
  'datesContradict', // its own dates contradict each other: a planned end before its start
  'unreadable', // a type or content that this version cannot read
] as const; // prettier-ignore
export type ParkedReason = (typeof PARKED_REASONS)[number];

export type Verdict =
  | { readonly verdict: 'stands' }
  | { readonly verdict: 'parked'; readonly reason: ParkedReason; /** the event it gives way to, where there is one */ readonly because?: string }
  /** A correction took its place, or (a modifier) a modifier of higher rank did. */
  | { readonly verdict: 'superseded'; readonly by: string }
  | { readonly verdict: 'retracted'; readonly by: string }
  | { readonly verdict: 'discarded'; readonly by: string };

/** One fact of the stream with its verdict. */
export type FactVerdict = Verdict & {
  readonly eventId: string;
  readonly type: FactType;
  /** As recorded; empty, or no day, only of a fact that is parked as unreadable. */
  readonly effectiveDate: Day;
  readonly recordedAt: string;
  readonly reportedAt: string | null;
  readonly source: string | null;
  readonly messageId: string;
  /** The fact itself, as recorded. */
  readonly event: PlacementEvent;
  /** For a fact that was corrected: what counts in its place now (under this fact's rank). */
  readonly asCorrected?: PlacementFact;
};

export type PhaseKind = 'stage' | 'werkervaringsplek' | 'proefplaatsing' | 'employment';
/** `lastDay` null: no end recorded. Employment phases are the spells. */
export type Phase = {
  readonly kind: PhaseKind;
  readonly firstDay: Day;
  readonly lastDay: Day | null;
  readonly plannedEnd: Day | null;
  /** Only of an ended proefplaatsing: whether a contract followed. */
  readonly converted?: boolean;
};

export type Contract = {
  readonly firstDay: Day;
  /** Null: permanent. */
  readonly plannedEnd: Day | null;
  readonly form: ContractForm;
  readonly kind: 'signed' | 'extended';
  /** From when it is permanent: its first day when signed so; null while it is for a fixed term. */
  readonly permanentFrom: Day | null;
  readonly eventId: string;
};

/** What the source said about an end, not yet an outcome: MEASURES 3 gives the order in which they count. */
export type StatedEnd = {
  /** Recorded last day in work; null while none is recorded. */
  readonly lastDay: Day | null;
  /** True where the recorded last day is not known to the day, or assumed. */
  readonly inexact: boolean;
  readonly endCode: EndCode | null;
  readonly otherwise: (typeof OTHER_ENDS)[number] | null;
  readonly continued: { readonly endCode: '90' | '91' | '92'; readonly successorPlacementId: string | null } | null;
  /** Uitval or doorstroom as recorded. */
  readonly explicit:
    | { readonly kind: 'uitval'; readonly cause: (typeof UITVAL_CAUSES)[number] }
    | { readonly kind: 'doorstroom'; readonly to: (typeof DOORSTROOM_TO)[number] }
    | null;
  readonly hiredByInlener: { readonly from: Day; readonly employerId: string; readonly successorPlacementId: string | null } | null;
};

/** A stretch of paid employment without a day between; its contracts in order. */
export type Spell = {
  readonly firstDay: Day;
  readonly contracts: readonly Contract[];
  /** The last contract's planned end; null when permanent. An end that is recorded counts before it. */
  readonly plannedEnd: Day | null;
  readonly end: StatedEnd;
  /** True where the first day is not known to the day, or assumed. */
  readonly inexactStart: boolean;
};

export type DatedValue<T> = { readonly from: Day; readonly value: T };
export type Interruption = { readonly kind: InterruptionKind; readonly firstDay: Day; readonly lastDay: Day | null };
export type SupportPeriod = {
  readonly kind: 'jobcoachExternal' | 'jobcoachInternal' | 'buddy';
  readonly firstDay: Day;
  readonly lastDay: Day | null;
  readonly level?: 'licht' | 'midden' | 'intensief';
  readonly providerId?: string;
  /** Last days of the half-year grants given, ascending. */
  readonly grantsUntil: readonly Day[];
};

export const NOTICES = [
  'proeftijdAfterProefplaatsing', // not allowed (DOMAIN 1.2)
  'proeftijdInShortContract', // not allowed (DOMAIN 2.1)
  'permanentByKeten', // the keten rule makes the contract permanent by law from this day (DOMAIN 2.1)
  'endCodeOutsideItsDates', // an end code used before or after the dates it exists (DOMAIN 2.4)
  'endCodeUnlisted',
  'contractStartsInProefplaatsing', // employment began before the proefplaatsing's recorded last day
] as const; // prettier-ignore
export type Notice = { readonly code: (typeof NOTICES)[number]; readonly date: Day; readonly eventId: string };

/** What is so of this placement, read from the facts known at one moment. */
export type Timeline = {
  /** The registration that stands, null while there is none. */
  readonly registration: {
    readonly eventId: string;
    readonly effectiveDate: Day;
    readonly candidateId: string;
    readonly employerId: string;
    readonly sector: Sector;
    readonly region: string;
    readonly kind: 'newJob' | 'existingWorker';
    readonly inTargetGroup: 'yes' | 'no' | 'unknown';
    readonly postOrigin: 'regular' | 'jobcarving' | 'functiecreatie';
    readonly aboveFormation: boolean;
    readonly budget: 'department' | 'central' | 'shared' | 'subsidy';
  } | null;
  /** The placement's source (MEASURES 1): of the registration that stands, else of the lowest fact by rank. */
  readonly source: string | null;
  /** Every fact known, in the order of the log's ranks; modifiers included. */
  readonly facts: readonly FactVerdict[];
  /** Phases before and in employment, by first day. */
  readonly phases: readonly Phase[];
  readonly spells: readonly Spell[];
  /** Dated values, ascending; before the first entry nothing is known. The registration gives the first of each. */
  readonly employer: readonly DatedValue<string>[];
  readonly arrangement: readonly DatedValue<{ readonly arrangement: Arrangement; readonly inleners: readonly Inlener[] }>[];
  readonly hoursPerWeek: readonly DatedValue<number>[];
  readonly work: readonly DatedValue<{ readonly departmentCode?: string; readonly taskCode?: string; readonly locationCode?: string }>[];
  readonly interruptions: readonly Interruption[];
  readonly support: readonly SupportPeriod[];
  readonly trainings: readonly { readonly training: 'harrie'; readonly by: 'buddy' | 'jobcoach' | 'manager' | 'worker'; readonly date: Day }[];
  readonly notices: readonly Notice[];
};
