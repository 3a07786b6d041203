import { contractSegments } from './contracts';
import type { EndFact } from './ends';
import type { PlacementEvent, PlacementFact } from './facts';
import { gather, type Gathered, type Point } from './gather';
import { park, type Verdicts } from './live-fact';
import { resolveModifiers } from './modifiers';
import { noticesOf } from './notices';
import { interruptions, phases, proefplaatsingen, support } from './phases';
import { rankedFacts } from './rank';
import { statedDay } from './readable';
import { spellsOf } from './spells';
import type { FactVerdict, Timeline } from './timeline-types';
import { arrangements, hoursPerWeek, trainings, workCodes } from './values';

/**
 * What is so of one placement, read from its facts known at `knownAt` (form of recordedAt; all facts, when left out).
 *
 * A function of the set of facts: neither their order in the array nor how often one is given changes anything. It
 * never throws: what cannot be read, or cannot be so beside the others, is parked with a coded reason.
 *
 * Each layer decides over its facts with what the layers before it left standing: registration; contracts; how they
 * ended; the rest. Of facts that exclude each other the lowest rank stands.
 */
export function timeline(events: readonly PlacementEvent[], knownAt?: string): Timeline {
  const ranked = rankedFacts(events, knownAt);
  const { facts, verdicts, asCorrected } = resolveModifiers(ranked);
  const gathered = gather(facts, verdicts);
  const registration = theRegistration(gathered, verdicts);
  if (registration === null) {
    for (const live of facts) if (verdicts[live.at]?.verdict === 'stands') park(verdicts, live, 'notRegistered');
    return { ...NOTHING, source: ranked[0]?.source ?? null, facts: factVerdicts(ranked, verdicts, asCorrected) };
  }
  const dated: EndFact[] = [];
  const undated: EndFact[] = [];
  for (const end of gathered.ends) (end.lastDay === null ? undated : dated).push(end);
  dated.sort(compareLastDay);

  const { arrangement, employer, hired } = arrangements(registration, gathered.arrangements, gathered.hired, verdicts);
  const segments = contractSegments(gathered.contracts, dated, undated, gathered.madePermanent, verdicts, knownAt);
  const spells = spellsOf(segments, undated, hired, verdicts);
  const trials = proefplaatsingen(gathered.proefplaatsingen, verdicts, knownAt);
  return {
    registration: registrationOf(registration),
    source: ranked[registration.order]?.source ?? null,
    phases: phases(gathered, trials, spells, verdicts),
    spells,
    employer,
    arrangement,
    hoursPerWeek: hoursPerWeek(registration, gathered.hours, verdicts),
    work: workCodes(gathered.work, verdicts),
    interruptions: interruptions(gathered.interruptions, verdicts),
    support: support(gathered, verdicts),
    trainings: trainings(gathered.trainings, verdicts),
    notices: noticesOf(segments, trials, gathered.ends, verdicts, knownAt),
    // Last: by now every layer has parked what it parks.
    facts: factVerdicts(ranked, verdicts, asCorrected),
  };
}

/** Of an empty stream. */
const NOTHING: Timeline = {
  registration: null,
  source: null,
  facts: [],
  phases: [],
  spells: [],
  employer: [],
  arrangement: [],
  hoursPerWeek: [],
  work: [],
  interruptions: [],
  support: [],
  trainings: [],
  notices: [],
};

function theRegistration({ registrations }: Gathered, verdicts: Verdicts): Point<'PlacementRegistered'> | null {
  let stands: Point<'PlacementRegistered'> | null = null;
  for (const one of registrations) if (stands === null || one.order < stands.order) stands = one;
  if (stands !== null)
    for (const one of registrations) if (one !== stands) park(verdicts, one, 'otherFactStands', stands);
  return stands;
}

function registrationOf({ eventId, data }: Point<'PlacementRegistered'>): NonNullable<Timeline['registration']> {
  return {
    eventId,
    effectiveDate: data.effectiveDate,
    candidateId: data.candidateId,
    employerId: data.employerId,
    sector: data.sector,
    region: data.region,
    kind: data.registrationKind,
    inTargetGroup: data.inTargetGroup,
    postOrigin: data.postOrigin,
    aboveFormation: data.aboveFormation,
    budget: data.budget,
  };
}

function compareLastDay(a: EndFact, b: EndFact): number {
  if (a.lastDay === b.lastDay) return a.order - b.order;
  return (a.lastDay ?? '') < (b.lastDay ?? '') ? -1 : 1;
}

function factVerdicts(
  ranked: readonly PlacementEvent[],
  verdicts: Verdicts,
  asCorrected: ReadonlyMap<number, PlacementFact> | null,
): readonly FactVerdict[] {
  return ranked.map((event, i) => {
    const stands = standingFact(event);
    const verdict = verdicts[i];
    // Nearly all stand, and a spread is dear.
    if (verdict === undefined || verdict.verdict === 'stands') return stands;
    const replacement = asCorrected?.get(i);
    return { ...stands, ...verdict, ...(replacement === undefined ? {} : { asCorrected: replacement }) };
  });
}

function standingFact(event: PlacementEvent): FactVerdict {
  return {
    eventId: event.id,
    type: event.type,
    effectiveDate: statedDay(event),
    recordedAt: event.recordedAt,
    reportedAt: event.reportedAt,
    source: event.source,
    messageId: event.messageId,
    event,
    verdict: 'stands',
  };
}
