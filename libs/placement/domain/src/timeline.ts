import type { PlacementEvent, PlacementFact } from './facts';
import { gather, nothingGathered, type Gathered, type Point } from './gather';
import { decideFrom, undecided, type Decided } from './layers';
import { park, STANDS, type LiveFact, type Verdicts } from './live-fact';
import { liveFact, resolveModifiers } from './modifiers';
import { isKnownAlike } from './policies';
import { compareRank, rankedFacts } from './rank';
import { statedDay } from './readable';
import { isModifier } from './references';
import type { FactVerdict, Timeline, Verdict } from './timeline-types';

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
  return timelineOf(readingOf(events, knownAt));
}

/**
 * The timeline at each of these moments, ascending: what `timeline` says of each, but made from the one before where a
 * moment only adds to it. What the added facts cannot change is then the same object as before.
 *
 * @param events in the order in which they became known.
 */
export function timelines(events: readonly PlacementEvent[], moments: readonly string[]): readonly Timeline[] {
  const read: Timeline[] = [];
  let reading: Reading | null = null;
  let known = 0;
  for (const moment of moments) {
    const before = known;
    while (known < events.length && (events[known]?.recordedAt ?? '') <= moment) known += 1;
    if (reading === null || !extend(reading, events.slice(before, known), moment))
      reading = readingOf(events.slice(0, known), moment);
    read.push(timelineOf(reading));
  }
  return read;
}

/** What a timeline is read from, which facts that become known later may be added to. */
type Reading = {
  knownAt: string | undefined;
  /** By rank. */
  readonly events: PlacementEvent[];
  readonly verdicts: Verdicts;
  readonly gathered: Gathered;
  /** Null where there are no modifiers. */
  readonly asCorrected: ReadonlyMap<number, PlacementFact> | null;
  /** Null while no registration stands. */
  decided: Decided | null;
  registration: Timeline['registration'];
  source: string | null;
  /** What was last said of each event, and the verdict that it was said with. */
  readonly told: FactVerdict[];
  readonly toldBy: Verdict[];
};

function readingOf(known: readonly PlacementEvent[], knownAt: string | undefined): Reading {
  const events = rankedFacts(known, knownAt);
  const { facts, verdicts, asCorrected } = resolveModifiers(events);
  const gathered = nothingGathered();
  const source = events[0]?.source ?? null;
  const reading: Reading = { knownAt, events, verdicts, gathered, asCorrected, decided: null, registration: null, source, told: [], toldBy: [] }; // prettier-ignore
  for (const live of facts) gather(live, gathered, verdicts);
  const by = theRegistration(gathered, verdicts);
  if (by !== null) register(reading, by);
  else for (const live of facts) parkUnregistered(live, verdicts);
  return reading;
}

function register(reading: Reading, by: Point<'PlacementRegistered'>): void {
  reading.decided = undecided(by, reading);
  reading.registration = registrationOf(by);
  reading.source = reading.events[by.order]?.source ?? null;
  decideFrom('registration', reading.decided);
}

function parkUnregistered(live: LiveFact, verdicts: Verdicts): void {
  if (verdicts[live.at]?.verdict === 'stands') park(verdicts, live, 'notRegistered');
}

/**
 * Adds facts that became known after all others.
 *
 * @returns false, and leaves the reading as it was, where it must be read anew: where they rank among the others, change what
 * others are (a modifier, a registration), or another policy is known by then.
 */
function extend(reading: Reading, added: readonly PlacementEvent[], knownAt: string): boolean {
  const { events, verdicts, gathered, decided, asCorrected } = reading;
  if (asCorrected !== null || added.length > ADDED_MAX || !isKnownAlike(reading.knownAt, knownAt)) return false;
  let last = events.at(-1);
  for (const event of added) {
    if (last === undefined || compareRank(last, event) >= 0) return false;
    if (isModifier(event) || event.type === 'PlacementRegistered') return false;
    last = event;
  }
  reading.knownAt = knownAt;
  if (decided !== null) decided.knownAt = knownAt;
  for (const event of added) {
    if (isModifier(event)) continue;
    const at = events.push(event) - 1;
    verdicts.push(STANDS);
    const live = liveFact(at, at, event, event);
    const layer = gather(live, gathered, verdicts);
    if (decided === null) parkUnregistered(live, verdicts);
    else if (layer !== null) decideFrom(layer, decided);
  }
  return true;
}

/** Each is decided over by itself: of many that came at once, all together is sooner. */
const ADDED_MAX = 3;

function timelineOf(reading: Reading): Timeline {
  const { registration, source, decided } = reading;
  const facts = factVerdicts(reading);
  if (decided === null) return { ...NOTHING, source, facts };
  return {
    registration,
    source,
    facts,
    phases: decided.phases,
    spells: decided.spells,
    employer: decided.employer,
    arrangement: decided.arrangement,
    hoursPerWeek: decided.hoursPerWeek,
    work: decided.work,
    interruptions: decided.interruptions,
    support: decided.support,
    trainings: decided.trainings,
    notices: decided.notices,
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

function factVerdicts({ events, verdicts, asCorrected, told, toldBy }: Reading): readonly FactVerdict[] {
  for (let i = 0; i < events.length; i += 1) {
    const [event, verdict] = [events[i], verdicts[i]];
    if (event === undefined || verdict === undefined || toldBy[i] === verdict) continue;
    const replacement = asCorrected?.get(i);
    const stands = standingFact(event);
    // Nearly all stand, and a spread is dear.
    told[i] =
      verdict.verdict === 'stands'
        ? stands
        : { ...stands, ...verdict, ...(replacement === undefined ? {} : { asCorrected: replacement }) };
    toldBy[i] = verdict;
  }
  return told.slice();
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
