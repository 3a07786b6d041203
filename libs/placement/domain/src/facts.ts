/**
 * The facts of a placement's life.
 *
 * These names and fields are the storage format: events with them are kept for ever and hashed. Never rename or
 * re-type one; add an optional field, or a new schema version with an upcaster.
 *
 * Every code list here follows the field (GLOSSARY.md); rules that carry a date in law are in policies.ts.
 */

/** A calendar day, `YYYY-MM-DD`. */
export type Day = string;

/** How exactly a date is known. One that is not a day has been placed in the middle of its period (MEASURES 2). */
export type Precision = 'day' | 'month' | 'quarter' | 'year';

export type DateField = 'effectiveDate' | 'plannedEnd' | 'lastDay' | 'grantUntil';

/** Only dates that are not exact are listed: absent means known to the day and not assumed. */
export type Inexact = { readonly [field in DateField]?: { readonly precision: Precision; readonly assumed: boolean } };

/** What every fact has: the day from (or on) which it is true, in the placement's own life. */
type Dated = {
  readonly effectiveDate: Day;
  readonly inexact?: Inexact;
  /** Names of fields whose value (or absence) nobody stated, but somebody assumed, so that the fact could be told. A date says it in `inexact`. */
  readonly assumed?: readonly string[];
};

export const SECTORS = [
  'rijk', 'provincies', 'gemeenten', 'waterschappen', 'politie', 'defensie', 'rechterlijkeMacht', 'po', 'vo', 'mbo', 'hbo', 'wo',
  'onderzoekinstellingen', 'umc', 'overigOverheid', 'markt',
] as const; // prettier-ignore
export type Sector = (typeof SECTORS)[number];

export const ARRANGEMENTS = ['ownEmployment', 'uitzend', 'detacheringIndividual', 'detacheringGroup', 'inkoop', 'beschut'] as const;
export type Arrangement = (typeof ARRANGEMENTS)[number];

/** An organisation the worker works for under uitzend, detachering or inkoop; shares of one list sum to 1. */
export type Inlener = { readonly employerId: string; readonly share: number; readonly team?: string };

export const POST_ORIGINS = ['regular', 'jobcarving', 'functiecreatie'] as const;
/** `subsidy`: of a project, from outside the employer. */
export const BUDGETS = ['department', 'central', 'shared', 'subsidy'] as const;
export const REGISTRATION_KINDS = ['newJob', 'existingWorker'] as const;
export const TARGET_GROUP = ['yes', 'no', 'unknown'] as const;

/** Registers the placement: who, at whom, where, how. `effectiveDate` is the day of the registration itself. */
export type PlacementRegistered = Dated & {
  /** UUID of the person (from the person's key at the source, never the key itself). */
  readonly candidateId: string;
  /** Opaque id of the formal employer (an organisation number is not personal data; see hr-messages). */
  readonly employerId: string;
  readonly sector: Sector;
  /** Labour-market region, `AM01`..`AM38` (DOMAIN 1.7). */
  readonly region: string;
  readonly hoursPerWeek: number;
  readonly arrangement: Arrangement;
  readonly inleners?: readonly Inlener[];
  readonly postOrigin: (typeof POST_ORIGINS)[number];
  readonly aboveFormation: boolean;
  readonly budget: (typeof BUDGETS)[number];
  readonly registrationKind: (typeof REGISTRATION_KINDS)[number];
  readonly inTargetGroup: (typeof TARGET_GROUP)[number];
};
export type ArrangementChanged = Dated & { readonly arrangement: Arrangement; readonly inleners?: readonly Inlener[] };
/** The inlener becomes the formal employer from `effectiveDate` (first day of the new employment). Never code 91. */
export type HiredByInlener = Dated & { readonly employerId: string; readonly successorPlacementId?: string };

/** `effectiveDate` of a start is its first day, of an end its last day. */
export type StageStarted = Dated & { readonly plannedEnd?: Day };
export type StageEnded = Dated;
export type WerkervaringsplekStarted = Dated & { readonly plannedEnd?: Day };
export type WerkervaringsplekEnded = Dated;

export const PROEFPLAATSING_AUTHORITIES = ['uwv', 'gemeente'] as const;
export type ProefplaatsingAuthority = (typeof PROEFPLAATSING_AUTHORITIES)[number];
export const PROEFPLAATSING_AIMS = ['employment', 'loonwaarde'] as const;
export type ProefplaatsingStarted = Dated & {
  readonly authority: ProefplaatsingAuthority;
  readonly plannedEnd: Day;
  readonly aim?: (typeof PROEFPLAATSING_AIMS)[number];
};
/** `effectiveDate` is the first day of the extension. */
export type ProefplaatsingExtended = Dated & { readonly plannedEnd: Day };
export type ProefplaatsingEnded = Dated & { readonly converted: boolean };

export const CONTRACT_FORMS = ['arbeidsovereenkomst', 'publiekrechtelijk', 'uitzend', 'payroll', 'bbl', 'wsw'] as const;
export type ContractForm = (typeof CONTRACT_FORMS)[number];
/** `effectiveDate` is the first day; without `plannedEnd` the contract is permanent (onbepaalde tijd). */
export type ContractSigned = Dated & {
  readonly form: ContractForm;
  readonly plannedEnd?: Day;
  /** Days of proeftijd agreed; none is allowed after a proefplaatsing. */
  readonly proeftijdDays?: number;
};
/** A new contract in the keten, from `effectiveDate`; without `plannedEnd` it is permanent. */
export type ContractExtended = Dated & { readonly plannedEnd?: Day };
export type ContractMadePermanent = Dated;

/** Official loonaangifte end codes; which is valid when, and what it means, is dated policy (policies.ts). */
export type EndCode = string;
/** `effectiveDate` is the last day in work. */
export type ContractEnded = Dated & { readonly endCode?: EndCode };

export type HoursChanged = Dated & { readonly hoursPerWeek: number };
/** At least one of the codes is given. */
export type WorkChanged = Dated & { readonly departmentCode?: string; readonly taskCode?: string; readonly locationCode?: string };

export const JOBCOACH_KINDS = ['external', 'internal'] as const;
export const JOBCOACH_LEVELS = ['licht', 'midden', 'intensief'] as const;
export type JobcoachAssigned = Dated & {
  readonly kind: (typeof JOBCOACH_KINDS)[number];
  readonly level: (typeof JOBCOACH_LEVELS)[number];
  /** Opaque id of the organisation that provides the jobcoach. */
  readonly providerId?: string;
  /** Last day of the half-year grant. */
  readonly grantUntil?: Day;
};
export type JobcoachEnded = Dated & { readonly kind: (typeof JOBCOACH_KINDS)[number] };
export type BuddyAssigned = Dated;
export type BuddyEnded = Dated;
export const TRAININGS = ['harrie'] as const;
/** Who completed it; the worker may, to guide others. */
export const TRAINED = ['buddy', 'jobcoach', 'manager', 'worker'] as const;
export type TrainingCompleted = Dated & { readonly training: (typeof TRAININGS)[number]; readonly by: (typeof TRAINED)[number] };

export const INTERRUPTIONS = ['sickness', 'paidLeave', 'unpaidLeave'] as const;
export type InterruptionKind = (typeof INTERRUPTIONS)[number];
/** `effectiveDate` is the first day away. */
export type EmploymentInterrupted = Dated & { readonly kind: InterruptionKind };
/** `effectiveDate` is the first day back. */
export type EmploymentResumed = Dated;

/** Substantive causes of uitval (DOMAIN 2.4: UWV's published sub-reasons and those of the success stories). No diagnosis. */
export const UITVAL_CAUSES = [
  'notFunctioningAsExpected', 'fixedRiskTooLarge', 'noWorkOrMoney', 'colleaguesResistance', 'tooMuchGuidanceNeeded', 'productivityTooLow',
  'expectationsMismatch', 'noFittingTasks', 'employerGuidanceScarce', 'temporaryProjectEnded', 'reorganisation', 'personalCircumstances', 'longTermSickness', 'unknown',
] as const; // prettier-ignore
export const LESSONS = [
  'prepareTeamEarlier', 'checkExpectationsFirst', 'moreGuidance', 'otherTasks', 'smallerSteps', 'fixedContactPerson', 'betterMatch', 'structuralBudget',
] as const; // prettier-ignore
/**
 * Explicit facts about an end. They say how it ended; `lastDay` says when, where the source says it here and not in a
 * ContractEnded. An explicit fact without a recorded last day says nothing yet (MEASURES 8).
 */
export type UitvalRecorded = Dated & {
  readonly cause: (typeof UITVAL_CAUSES)[number];
  readonly endCode?: EndCode;
  readonly lesson?: (typeof LESSONS)[number];
  readonly lastDay?: Day;
};
export const DOORSTROOM_TO = ['sameEmployer', 'otherEmployerSameSector', 'otherEmployer', 'education', 'selfEmployment', 'unknown'] as const;
export type DoorstroomRecorded = Dated & { readonly to: (typeof DOORSTROOM_TO)[number]; readonly lastDay?: Day };
export type EmploymentContinued = Dated & { readonly endCode: '90' | '91' | '92'; readonly lastDay?: Day; readonly successorPlacementId?: string };
export const OTHER_ENDS = ['pension', 'death', 'agreedOutflow'] as const;
export type PlacementEndedOtherwise = Dated & { readonly kind: (typeof OTHER_ENDS)[number]; readonly lastDay?: Day };

/** Which earlier fact: every event of one HR message (its source and message id), or one event by its id. */
export type FactReference =
  | { readonly source: string; readonly messageId: string }
  | { readonly eventId: string };

/** Carries the whole new fact. */
export type FactCorrected = Dated & { readonly corrects: FactReference; readonly replacement: PlacementFact };
export const RETRACTION_REASONS = ['recordedInError', 'wrongPerson', 'wrongEmployment', 'neverHappened', 'movedToOtherPlacement'] as const;
export type FactRetracted = Dated & {
  readonly retracts: FactReference;
  readonly reason: (typeof RETRACTION_REASONS)[number];
  /** Where the fact was recorded instead, when its link was mended. */
  readonly movedTo?: { readonly placementId: string; readonly eventId: string };
};
export const DISCARD_REASONS = ['duplicateOfOtherFact', 'notOurPlacement', 'sourceConfirmedError', 'cannotBeResolved'] as const;
/** A person sets a parked fact aside, with a reason. */
export type FactDiscarded = Dated & { readonly discards: { readonly eventId: string }; readonly reason: (typeof DISCARD_REASONS)[number] };

/** Every fact about the placement itself: type name -> data. */
export type PlacementFactData = {
  readonly PlacementRegistered: PlacementRegistered;
  readonly ArrangementChanged: ArrangementChanged;
  readonly HiredByInlener: HiredByInlener;
  readonly StageStarted: StageStarted;
  readonly StageEnded: StageEnded;
  readonly WerkervaringsplekStarted: WerkervaringsplekStarted;
  readonly WerkervaringsplekEnded: WerkervaringsplekEnded;
  readonly ProefplaatsingStarted: ProefplaatsingStarted;
  readonly ProefplaatsingExtended: ProefplaatsingExtended;
  readonly ProefplaatsingEnded: ProefplaatsingEnded;
  readonly ContractSigned: ContractSigned;
  readonly ContractExtended: ContractExtended;
  readonly ContractMadePermanent: ContractMadePermanent;
  readonly ContractEnded: ContractEnded;
  readonly HoursChanged: HoursChanged;
  readonly WorkChanged: WorkChanged;
  readonly JobcoachAssigned: JobcoachAssigned;
  readonly JobcoachEnded: JobcoachEnded;
  readonly BuddyAssigned: BuddyAssigned;
  readonly BuddyEnded: BuddyEnded;
  readonly TrainingCompleted: TrainingCompleted;
  readonly EmploymentInterrupted: EmploymentInterrupted;
  readonly EmploymentResumed: EmploymentResumed;
  readonly UitvalRecorded: UitvalRecorded;
  readonly DoorstroomRecorded: DoorstroomRecorded;
  readonly EmploymentContinued: EmploymentContinued;
  readonly PlacementEndedOtherwise: PlacementEndedOtherwise;
};
/** Facts about other facts. */
export type ModifierData = {
  readonly FactCorrected: FactCorrected;
  readonly FactRetracted: FactRetracted;
  readonly FactDiscarded: FactDiscarded;
};
export type FactData = PlacementFactData & ModifierData;

export type FactType = keyof FactData;
export type PlacementFactType = keyof PlacementFactData;

type Tagged<Data, Type extends keyof Data> = Type extends keyof Data ? { readonly type: Type; readonly data: Data[Type] } : never;
export type PlacementFact = Tagged<PlacementFactData, PlacementFactType>;
export type Modifier = Tagged<ModifierData, keyof ModifierData>;
export type Fact = PlacementFact | Modifier;

/**
 * A recorded fact as the timeline reads it: the fact plus what of the envelope decides over it.
 * `recordedAt` is the event's known time (UTC text with six decimals, so text order is time order).
 */
export type PlacementEvent = Fact & {
  readonly id: string;
  readonly recordedAt: string;
  /** When the source says it knew, same form; null where it did not say. */
  readonly reportedAt: string | null;
  /** Null for a person's command without a source. */
  readonly source: string | null;
  readonly messageId: string;
  /** True for a fact that a person recorded by command. */
  readonly byPerson: boolean;
};
