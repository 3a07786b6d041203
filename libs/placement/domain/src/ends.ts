import type { Segment } from './contracts';
import type { Day, EndCode, PlacementFact } from './facts';
import { park, type Live, type Verdicts } from './live-fact';
import { endCodePolicy } from './policies';
import type { StatedEnd } from './timeline-types';

type EndingFact = Extract<
  PlacementFact,
  { type: 'ContractEnded' | 'UitvalRecorded' | 'DoorstroomRecorded' | 'EmploymentContinued' | 'PlacementEndedOtherwise' }
>;

/** A fact about an end. */
export type EndFact = Live & {
  readonly fact: EndingFact;
  /** Null: it says how it ended, not when. */
  readonly lastDay: Day | null;
  readonly inexact: boolean;
};

/** What can be said of one end: one fact each. */
const SLOTS = ['contract', 'otherwise', 'continued', 'explicit'] as const;
type Slot = (typeof SLOTS)[number];
type Standing = { [slot in Slot]: EndFact | null };

function slotOf(end: EndFact): Slot {
  switch (end.fact.type) {
    case 'ContractEnded':
      return 'contract';
    case 'PlacementEndedOtherwise':
      return 'otherwise';
    case 'EmploymentContinued':
      return 'continued';
    case 'UitvalRecorded':
    case 'DoorstroomRecorded':
      return 'explicit';
  }
}

export function endCodeOf(end: EndFact): EndCode | null {
  switch (end.fact.type) {
    case 'ContractEnded':
    case 'UitvalRecorded':
    case 'EmploymentContinued':
      return end.fact.data.endCode ?? null;
    case 'DoorstroomRecorded':
    case 'PlacementEndedOtherwise':
      return null;
  }
}

/** The lowest rank per slot among `dated` ends with the standing last day, and `undated` ones. */
function standing(lastDay: Day | null, dated: readonly EndFact[], undated: readonly EndFact[]): Standing {
  const stands: Standing = { contract: null, otherwise: null, continued: null, explicit: null };
  const consider = (end: EndFact): void => {
    const slot = slotOf(end);
    const other = stands[slot];
    if (other === null || end.order < other.order) stands[slot] = end;
  };
  for (const end of dated) if (end.lastDay === lastDay) consider(end);
  for (const end of undated) consider(end);
  return stands;
}

/**
 * True where the running contract ended by pension or death, so that a contract from `next`, the day after, does not carry on (MEASURES 8).
 * What would be parked beside a lower rank does not count.
 */
export function endsForGood(running: Segment, undated: readonly EndFact[], next: Day): boolean {
  const lastDay = running.end?.lastDay ?? null;
  const here = undated.length === 0 ? undated : undated.filter((end) => end.day >= running.spellFrom && end.day < next);
  const stands = standing(lastDay, running.ends, here);
  if (stands.otherwise?.fact.type === 'PlacementEndedOtherwise') return stands.otherwise.fact.data.kind !== 'agreedOutflow';
  const code = stands.contract === null ? null : endCodeOf(stands.contract);
  return code !== null && (endCodePolicy(code)?.pensionOrDeath ?? false);
}

/** What stands of the ends of one contract, after parking what gives way; `undated` only at the end of a spell. */
export function settleEnds(segment: Segment, undated: readonly EndFact[], verdicts: Verdicts): Standing {
  const lastDay = segment.end?.lastDay ?? null;
  const stands = standing(lastDay, segment.ends, undated);
  for (const end of segment.ends) {
    const winner = end.lastDay === lastDay ? stands[slotOf(end)] : segment.end;
    if (winner !== null && winner !== end) park(verdicts, end, 'otherFactStands', winner);
  }
  for (const end of undated) {
    const winner = stands[slotOf(end)];
    if (winner !== null && winner !== end) park(verdicts, end, 'otherFactStands', winner);
  }
  return stands;
}

/** The end of a spell as its sources state it. */
export function statedEnd(segment: Segment, stands: Standing, hiredByInlener: StatedEnd['hiredByInlener']): StatedEnd {
  const { contract, otherwise, continued, explicit } = stands;
  return {
    lastDay: segment.end?.lastDay ?? null,
    inexact: segment.end?.inexact ?? false,
    endCode: (contract && endCodeOf(contract)) ?? (explicit && endCodeOf(explicit)) ?? null,
    otherwise: otherwise?.fact.type === 'PlacementEndedOtherwise' ? otherwise.fact.data.kind : null,
    continued:
      continued?.fact.type === 'EmploymentContinued'
        ? { endCode: continued.fact.data.endCode, successorPlacementId: continued.fact.data.successorPlacementId ?? null }
        : null,
    explicit: explicit === null ? null : explicitOf(explicit.fact),
    hiredByInlener,
  };
}

function explicitOf(fact: EndingFact): StatedEnd['explicit'] {
  if (fact.type === 'UitvalRecorded') return { kind: 'uitval', cause: fact.data.cause };
  if (fact.type === 'DoorstroomRecorded') return { kind: 'doorstroom', to: fact.data.to };
  return null;
}
