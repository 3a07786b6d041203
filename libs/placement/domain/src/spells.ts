import type { Segment } from './contracts';
import { settleEnds, statedEnd, type EndFact } from './ends';
import { park, type Verdicts } from './live-fact';
import type { Contract, Spell, StatedEnd } from './timeline-types';
import type { Hiring } from './values';

/**
 * The spells that the contracts make, with how each ended. An end without a last day belongs to the latest spell
 * that began on or before its date.
 */
export function spellsOf(
  segments: readonly Segment[],
  undated: readonly EndFact[],
  hired: Hiring | null,
  verdicts: Verdicts,
): readonly Spell[] {
  const spells: Spell[] = [];
  let nextUndated = 0;
  for (let end = undated[0]; end !== undefined && isBefore(end, segments[0]); end = undated[++nextUndated]) {
    park(verdicts, end, 'noContract');
  }
  for (let first = 0; first < segments.length;) {
    let next = first + 1;
    while (next < segments.length && segments[next]?.spellFrom === segments[first]?.spellFrom) next++;
    const following = segments[next];
    const from = nextUndated;
    while (nextUndated < undated.length && (following === undefined || isBefore(undated[nextUndated], following)))
      nextUndated++;
    const spell = spellOf(segments.slice(first, next), undated.slice(from, nextUndated), hired, following, verdicts);
    if (spell !== null) spells.push(spell);
    first = next;
  }
  return spells;
}

function isBefore(end: EndFact | undefined, segment: Segment | undefined): boolean {
  return segment === undefined || (end !== undefined && end.day < segment.contract.day);
}

function spellOf(
  segments: readonly Segment[],
  undated: readonly EndFact[],
  hired: Hiring | null,
  following: Segment | undefined,
  verdicts: Verdicts,
): Spell | null {
  const first = segments[0];
  const last = segments[segments.length - 1];
  if (first === undefined || last === undefined) return null;
  for (const segment of segments) if (segment !== last) settleEnds(segment, [], verdicts);
  const stands = settleEnds(last, undated, verdicts);
  return {
    firstDay: first.contract.day,
    contracts: segments.map(contractOf),
    plannedEnd: last.plannedEnd,
    end: statedEnd(last, stands, hiringIn(first, following, hired)),
    inexactStart: first.contract.inexactStart,
  };
}

/** Somebody is hired out of the latest spell that began before the first day at the inlener. */
function hiringIn(first: Segment, following: Segment | undefined, hired: Hiring | null): StatedEnd['hiredByInlener'] {
  if (hired === null || hired.from <= first.contract.day) return null;
  if (following !== undefined && hired.from > following.contract.day) return null;
  const { from, employerId, successorPlacementId } = hired;
  return { from, employerId, successorPlacementId };
}

function contractOf(segment: Segment): Contract {
  const { contract, form, plannedEnd, permanentFrom } = segment;
  return {
    firstDay: contract.day,
    plannedEnd,
    form,
    kind: contract.form === null ? 'extended' : 'signed',
    permanentFrom,
    eventId: contract.eventId,
  };
}
