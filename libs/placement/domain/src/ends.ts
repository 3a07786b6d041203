import type { Segment } from './contracts';
import { dayNumber } from './days';
import type { Day, EndCode, PlacementFact } from './facts';
import { park, type Live, type Verdicts } from './live-fact';
import { endCodePolicy } from './policies';
import type { StatedEnd } from './timeline-types';

type EndingFact = Extract<
  PlacementFact,
  {
    type: 'ContractEnded' | 'UitvalRecorded' | 'DoorstroomRecorded' | 'EmploymentContinued' | 'PlacementEndedOtherwise';
  }
>;

/** A fact about an end. */
export type EndFact = Live & {
  readonly fact: EndingFact;
  /** Null: it says how it ended, not when. */
  readonly lastDay: Day | null;
  /** The period that the last day stands for: the day itself, or the month, quarter or year in whose middle it is placed. */
  readonly earliest: Day;
  readonly latest: Day;
  readonly inexact: boolean;
};

/** What can be said of one end: one fact each. */
type Slot = 'contract' | 'otherwise' | 'continued' | 'explicit';
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

/**
 * The end that gives the recorded last day: the lowest rank. Where that one is vague, the most exact of those that can
 * stand beside it, for they do not exclude each other: the lowest rank per slot of the ends whose periods meet.
 */
export function standingEnd(ends: readonly EndFact[]): EndFact | null {
  let lowest: EndFact | null = null;
  for (const end of ends) if (lowest === null || end.order < lowest.order) lowest = end;
  if (lowest === null || lowest.earliest === lowest.latest) return lowest;
  const { earliest, latest } = lowest;
  const beside = lowestPerSlot(ends.filter((end) => end.earliest <= latest && end.latest >= earliest));
  let best: EndFact = lowest;
  for (const end of Object.values(beside)) {
    if (end === null || end.lastDay === null || end.lastDay < earliest || end.lastDay > latest) continue;
    const wider = vagueness(end) - vagueness(best);
    if (wider < 0 || (wider === 0 && end.order < best.order)) best = end;
  }
  return best;
}

function lowestPerSlot(ends: readonly EndFact[]): Standing {
  const stands: Standing = { contract: null, otherwise: null, continued: null, explicit: null };
  for (const end of ends) {
    const slot = slotOf(end);
    const other = stands[slot];
    if (other === null || end.order < other.order) stands[slot] = end;
  }
  return stands;
}

function vagueness(end: EndFact): number {
  return dayNumber(end.latest) - dayNumber(end.earliest);
}

/** True where an end does not contradict a last day. */
function agrees(end: EndFact, lastDay: Day | null): boolean {
  return lastDay !== null && end.earliest <= lastDay && lastDay <= end.latest;
}

/**
 * The lowest rank per slot among the ends of a contract that agree with its last day, and `undated` ones. The end that gives the
 * last day keeps its slot: that it stands was decided before the undated were looked at.
 */
function standing({ end, ends }: Segment, undated: readonly EndFact[]): Standing {
  const lastDay = end?.lastDay ?? null;
  const stands = lowestPerSlot([...ends.filter((one) => agrees(one, lastDay)), ...undated]);
  if (end !== null) stands[slotOf(end)] = end;
  return stands;
}

/**
 * True where the running contract ended by pension or death, so that a contract from `next`, the day after, does not carry on (MEASURES 8).
 * A code of either counts as the explicit fact does (MEASURES 3); what would be parked beside a lower rank does not count.
 */
export function endsForGood(
  running: Segment,
  undated: readonly EndFact[],
  next: Day,
  knownAt: string | undefined,
): boolean {
  const here = undated.length === 0 ? undated : undated.filter((end) => end.day >= running.spellFrom && end.day < next);
  const stands = standing(running, here);
  if (stands.otherwise?.fact.type === 'PlacementEndedOtherwise' && stands.otherwise.fact.data.kind !== 'agreedOutflow')
    return true;
  const code = statedCode(stands);
  return code !== null && (endCodePolicy(code, knownAt)?.pensionOrDeath ?? false);
}

/** The legal end code of an end: of the contract's, else of the explicit fact. */
function statedCode({ contract, explicit }: Standing): EndCode | null {
  return (contract && endCodeOf(contract)) ?? (explicit && endCodeOf(explicit)) ?? null;
}

/** What stands of the ends of one contract, after parking what gives way; `undated` only at the end of a spell. */
export function settleEnds(segment: Segment, undated: readonly EndFact[], verdicts: Verdicts): Standing {
  const lastDay = segment.end?.lastDay ?? null;
  const stands = standing(segment, undated);
  for (const end of segment.ends) {
    const winner = agrees(end, lastDay) ? stands[slotOf(end)] : segment.end;
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
  const { otherwise, continued, explicit } = stands;
  return {
    lastDay: segment.end?.lastDay ?? null,
    inexact: segment.end?.inexact ?? false,
    endCode: statedCode(stands),
    otherwise: otherwise?.fact.type === 'PlacementEndedOtherwise' ? otherwise.fact.data.kind : null,
    continued:
      continued?.fact.type === 'EmploymentContinued'
        ? {
            endCode: continued.fact.data.endCode,
            successorPlacementId: continued.fact.data.successorPlacementId ?? null,
          }
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
