import type { PlacementEvent, PlacementFact } from './facts';
import { allStand, type LiveFact, type Verdicts } from './live-fact';
import { statedDay } from './readable';
import { isModifier, pointersFirst, referenceOf, references, type References } from './references';
import type { ParkedReason, Verdict } from './timeline-types';

/**
 * What corrections, retractions and discards leave of the facts.
 *
 * They may themselves be corrected, retracted or discarded, so each is judged after all that point at it: one that is
 * retracted or discarded does nothing, and so uncovers what it had covered. Of the live ones on one fact the highest
 * rank counts. A corrected fact keeps its own rank; what it says is what the last correction in the line says.
 */
export type Unmodified = {
  /** Facts about the placement that count so far. */
  readonly facts: LiveFact[];
  /** Verdicts on the modifiers and on what they took out; the rest stands until a layer parks it. */
  readonly verdicts: Verdicts;
  /** Index of a corrected fact -> what counts in its place. Null when nothing is corrected. */
  readonly asCorrected: ReadonlyMap<number, PlacementFact> | null;
};

const NONE = -1;

/** @param events by rank. */
export function resolveModifiers(events: readonly PlacementEvent[]): Unmodified {
  const verdicts = allStand(events);
  const modifiers: number[] = [];
  const facts: LiveFact[] = [];
  events.forEach((event, i) => {
    if (isModifier(event)) modifiers.push(i);
    else facts.push(liveFact(i, i, event, event));
  });
  if (modifiers.length === 0) return { facts, verdicts, asCorrected: null };

  const graph = references(events, modifiers);
  const { order, inRing } = pointersFirst(graph);
  const faults = new Map<number, ParkedReason>();
  for (const m of modifiers) {
    const fault = inRing.has(m) ? 'cyclicReference' : faultOf(m, events, graph);
    if (fault !== null) faults.set(m, fault);
  }
  const winners = judge(events, graph, order, faults);
  const { applied, ...left } = applyWinners(events, winners, verdicts);
  for (const m of modifiers) verdicts[m] = modifierVerdict(m, { events, graph, faults, winners, applied });
  return left;
}

/** A fact, with the event that gives its content. */
export function liveFact(order: number, at: number, by: PlacementEvent, fact: PlacementFact): LiveFact {
  return { order, at, eventId: by.id, day: statedDay(fact), fact };
}

/** Why a modifier cannot be applied, whatever the others do. */
function faultOf(m: number, events: readonly PlacementEvent[], graph: References): ParkedReason | null {
  const modifier = events[m];
  if (modifier === undefined || !isModifier(modifier) || referenceOf(modifier) === null) return 'unreadable';
  const targets = graph.targets[m] ?? [];
  if (targets.length === 0) return 'targetUnknown';
  const replaces = modifier.type === 'FactCorrected';
  if (replaces && targets.some((t) => takesOut(events[t]))) return 'cannotReplaceModifier';
  return null;
}

function takesOut(event: PlacementEvent | undefined): boolean {
  return event?.type === 'FactRetracted' || event?.type === 'FactDiscarded';
}

/** By index: the live modifier of highest rank that points at it, or NONE. */
function judge(
  events: readonly PlacementEvent[],
  graph: References,
  order: readonly number[],
  faults: ReadonlyMap<number, ParkedReason>,
): readonly number[] {
  const live = new Set<number>();
  const winnerOf = (t: number): number => {
    const pointers = graph.pointers[t] ?? [];
    for (let i = pointers.length - 1; i >= 0; i--) if (live.has(pointers[i] ?? NONE)) return pointers[i] ?? NONE;
    return NONE;
  };
  for (const m of order) if (!faults.has(m) && !takesOut(events[winnerOf(m)])) live.add(m);
  return events.map((_, t) => winnerOf(t));
}

/** Takes out, or puts in its place, what the winners say; `applied` are the corrections whose content now counts. */
function applyWinners(events: readonly PlacementEvent[], winners: readonly number[], verdicts: Verdicts) {
  const facts: LiveFact[] = [];
  const asCorrected = new Map<number, PlacementFact>();
  const applied = new Set<number>();
  events.forEach((event, t) => {
    if (isModifier(event)) return;
    const winner = events[winners[t] ?? NONE];
    if (winner === undefined) {
      facts.push(liveFact(t, t, event, event));
      return;
    }
    verdicts[t] = modifiedBy(winner);
    let last = winners[t] ?? NONE;
    for (let next = winners[last] ?? NONE; next !== NONE; next = winners[last] ?? NONE) last = next;
    const correction = events[last];
    if (winner.type !== 'FactCorrected' || correction?.type !== 'FactCorrected') return;
    asCorrected.set(t, correction.data.replacement);
    // A message with several facts is corrected as one: the new fact takes the place of the first of them.
    if (!applied.has(last)) facts.push(liveFact(t, last, correction, correction.data.replacement));
    applied.add(last);
  });
  return { facts, verdicts, asCorrected, applied };
}

function modifiedBy(winner: PlacementEvent): Verdict {
  if (winner.type === 'FactRetracted') return { verdict: 'retracted', by: winner.id };
  if (winner.type === 'FactDiscarded') return { verdict: 'discarded', by: winner.id };
  return { verdict: 'superseded', by: winner.id };
}

type Judged = {
  readonly events: readonly PlacementEvent[];
  readonly graph: References;
  readonly faults: ReadonlyMap<number, ParkedReason>;
  readonly winners: readonly number[];
  readonly applied: ReadonlySet<number>;
};

/** A correction that is applied stands here; a layer may yet park what it says. */
function modifierVerdict(m: number, judged: Judged): Verdict {
  const { events, graph, faults, winners, applied } = judged;
  const own = events[winners[m] ?? NONE];
  if (own !== undefined) return modifiedBy(own);
  const fault = faults.get(m);
  if (fault !== undefined) return { verdict: 'parked', reason: fault };
  if (applied.has(m)) return { verdict: 'stands' };
  // Not applied: it lost to a modifier of higher rank, or what it corrects did or has a fault of its own.
  for (let at = m; ;) {
    const targets = graph.targets[at] ?? [];
    const won = targets.find((t) => winners[t] === at);
    if (won === undefined) return { verdict: 'superseded', by: events[winners[targets[0] ?? NONE] ?? NONE]?.id ?? '' };
    const because = events[won];
    if (because === undefined || because.type !== 'FactCorrected' || events[m]?.type !== 'FactCorrected')
      return { verdict: 'stands' };
    const reason = faults.get(won);
    if (reason !== undefined) return { verdict: 'parked', reason, because: because.id };
    at = won;
  }
}
