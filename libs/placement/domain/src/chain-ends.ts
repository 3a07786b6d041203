import type { ChainPiece, EndOutcome, Inconsistency } from './chains-types';
import { addDays } from './days';
import type { Day } from './facts';
import { endCodePolicy } from './policies';
import type { Spell, StatedEnd, Timeline } from './timeline-types';

/** All that chains read of a timeline. */
const READ_BY_CHAINS = ['registration', 'source', 'spells', 'employer', 'arrangement', 'hoursPerWeek'] as const;
export type ReadByChains = Pick<Timeline, (typeof READ_BY_CHAINS)[number]>;

/** Whether two timelines of `timelines` say the same to chains, also by the policies known: then they share all of it. */
export const isSameToChains = (one: ReadByChains, other: ReadByChains): boolean =>
  one === other || READ_BY_CHAINS.every((part) => one[part] === other[part]);

/** One placement of a person, as `chains` is given it. */
export type PlacementTimeline = { readonly placementId: string; readonly timeline: ReadByChains };

/** Whom a recorded continuation says goes on. */
export type Claim = {
  readonly by: 'continued' | 'hiredByInlener';
  /** The placement named; null where none is. */
  readonly names: string | null;
  /** Without a name, or where what is named cannot be it: the placement that begins at this employer on this day. */
  readonly employerId: string;
  readonly firstDay: Day;
  /** The last day in work of what is continued. */
  readonly lastDay: Day;
  /** True where the hiring itself says when the employment before it stopped: no last day is recorded. */
  readonly implied: boolean;
};

/** One spell as a chain reads it: MEASURES 3 applied to what its placement says, before it is known what follows. */
export type SpellReading = {
  readonly firstDay: Day;
  /** Recorded, else planned; null while it runs on. */
  readonly lastDay: Day | null;
  readonly inexactStart: boolean;
  readonly inexactEnd: boolean;
  /** How the chain stands from the next day on, as long as no work follows. */
  readonly after: ChainPiece['state'];
  readonly claims: readonly Claim[];
  /** Whether it is read as continued where the next placement is at the same formal employer the very next day. */
  readonly readable: 'nothingSaid' | 'code30' | null;
  /** Claims that this end itself shows cannot be followed. */
  readonly notFollowed: readonly Inconsistency['code'][];
};

const UNCONFIRMED: ChainPiece['state'] = { kind: 'unconfirmed' };

function ended(outcome: EndOutcome, pensionOrDeath = false): ChainPiece['state'] {
  return { kind: 'ended', outcome, pensionOrDeath };
}

export function endsForGood(reading: SpellReading): boolean {
  return reading.after.kind === 'ended' && reading.after.pensionOrDeath;
}

/** The formal employer of a day. */
export function employerOn(timeline: ReadByChains, day: Day): string {
  return valueOn(timeline.employer, day) ?? timeline.registration?.employerId ?? '';
}

/** The value of a day; before the first entry, the first: a registration may come after the first day in work. */
export function valueOn<T>(values: readonly { readonly from: Day; readonly value: T }[], day: Day): T | null {
  let found: T | null = values[0]?.value ?? null;
  for (const { from, value } of values) if (from <= day) found = value;
  return found;
}

/**
 * Reads the spells of a placement. Pension or death ends for good, so later spells of the same placement are in no
 * chain (MEASURES 8). Own readings: of a doorstroom or uitval and an agreed outflow recorded of one end, the first
 * counts, because it says what became of the worker.
 */
export function readSpells(timeline: ReadByChains, knownAt?: string): readonly SpellReading[] {
  const readings: SpellReading[] = [];
  for (const spell of timeline.spells) {
    const reading = readSpell(timeline, spell, knownAt);
    readings.push(reading);
    if (endsForGood(reading)) break;
  }
  return readings;
}

function readSpell(timeline: ReadByChains, spell: Spell, knownAt: string | undefined): SpellReading {
  const { end } = spell;
  const { firstDay, inexactStart } = spell;
  const inexactEnd = end.inexact;
  if (end.lastDay !== null) {
    const { after, claims, readable, notFollowed } = readEnd(timeline, end, end.lastDay, knownAt);
    return { firstDay, inexactStart, inexactEnd, lastDay: end.lastDay, after, claims, readable, notFollowed };
  }
  // A code or an explicit fact without a recorded last day says nothing yet (MEASURES 8); a hiring carries its own day.
  const claims = impliedClaims(timeline, spell);
  const { plannedEnd } = spell;
  const isReadable = plannedEnd !== null && claims.every((claim) => claim.firstDay <= plannedEnd);
  return {
    firstDay,
    inexactStart,
    inexactEnd,
    lastDay: plannedEnd,
    after: UNCONFIRMED,
    claims,
    readable: isReadable ? 'nothingSaid' : null,
    notFollowed: [],
  };
}

type EndReading = Pick<SpellReading, 'after' | 'claims' | 'readable' | 'notFollowed'>;

/**
 * MEASURES 3, in its order: pension or death, by the explicit fact or by a code of the table; a recorded continuation; the
 * explicit fact; else the legal end code.
 */
function readEnd(timeline: ReadByChains, end: StatedEnd, lastDay: Day, knownAt: string | undefined): EndReading {
  const hired = end.hiredByInlener;
  const claims: Claim[] = [];
  if (end.continued !== null) claims.push(continuation(timeline, lastDay, end.continued.successorPlacementId));
  if (hired !== null && hired.from > lastDay) claims.push(...hiring(timeline, hired, lastDay, false));
  const isContinued = end.continued !== null || (hired !== null && hired.from > lastDay);
  // The inlener's new employment is named, but this placement's own work is recorded beyond the day of hiring.
  const hiredTooEarly = hired !== null && hired.from <= lastDay && hired.successorPlacementId !== null;
  const notFollowed: Inconsistency['code'][] = hiredTooEarly ? ['continuationBeforeEnd'] : [];

  const policy = end.endCode === null ? null : endCodePolicy(end.endCode, knownAt);
  if (end.otherwise === 'pension' || end.otherwise === 'death' || policy?.pensionOrDeath === true) {
    if (isContinued) notFollowed.push('continuationOfPensionOrDeath');
    return { after: ended('otherKnown', true), claims: [], readable: null, notFollowed };
  }
  if (isContinued) return { after: UNCONFIRMED, claims, readable: null, notFollowed };
  if (end.explicit !== null) return { after: ended(end.explicit.kind), claims, readable: null, notFollowed };
  if (end.otherwise !== null) return { after: ended('otherKnown'), claims, readable: null, notFollowed };
  if (end.endCode === null) return { after: ended('otherUnknown'), claims, readable: 'nothingSaid', notFollowed };
  if (policy === null) return { after: ended('otherUnknown'), claims, readable: null, notFollowed };
  if (policy.outcome === 'continues') {
    return { after: UNCONFIRMED, claims: [continuation(timeline, lastDay, null)], readable: null, notFollowed };
  }
  const readable = end.endCode === '30' ? 'code30' : null;
  return { after: ended(policy.outcome), claims, readable, notFollowed };
}

function continuation(timeline: ReadByChains, lastDay: Day, names: string | null): Claim {
  const employerId = employerOn(timeline, lastDay);
  return { by: 'continued', names, employerId, firstDay: addDays(lastDay, 1), lastDay, implied: false };
}

type Hiring = NonNullable<StatedEnd['hiredByInlener']>;

/** Without a named placement, and with a contract from the day of hiring in this one, it goes on in this one: nothing to claim. */
function hiring(timeline: ReadByChains, hired: Hiring, lastDay: Day, implied: boolean): readonly Claim[] {
  const { successorPlacementId: names, employerId, from } = hired;
  const goesOnHere = timeline.spells.some(({ contracts }) => contracts.some(({ firstDay }) => firstDay >= from));
  if (goesOnHere && (implied || names === null)) return [];
  return [{ by: 'hiredByInlener', names, employerId, firstDay: from, lastDay, implied }];
}

/**
 * Hired by the inlener while no last day is recorded (own reading): the employment before it stopped on the day before,
 * or on its planned end if that was earlier, unless this placement shows a contract from then on.
 */
function impliedClaims(timeline: ReadByChains, spell: Spell): readonly Claim[] {
  const hired = spell.end.hiredByInlener;
  if (hired === null || hired.from <= spell.firstDay) return [];
  const dayBefore = addDays(hired.from, -1);
  const lastDay = spell.plannedEnd !== null && spell.plannedEnd < dayBefore ? spell.plannedEnd : dayBefore;
  return hiring(timeline, hired, lastDay, true);
}
