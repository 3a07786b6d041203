import type { FactReference, Modifier, PlacementEvent } from './facts';

export function isModifier(event: PlacementEvent): event is PlacementEvent & Modifier {
  return event.type === 'FactCorrected' || event.type === 'FactRetracted' || event.type === 'FactDiscarded';
}

/** What a modifier points at; null when that cannot be read. */
export function referenceOf(modifier: Modifier): FactReference | null {
  if (typeof modifier.data !== 'object' || modifier.data === null) return null;
  const reference = referred(modifier);
  return typeof reference === 'object' && reference !== null ? reference : null;
}

function referred(modifier: Modifier): FactReference {
  switch (modifier.type) {
    case 'FactCorrected':
      return modifier.data.corrects;
    case 'FactRetracted':
      return modifier.data.retracts;
    case 'FactDiscarded':
      return modifier.data.discards;
  }
}

/** True where `event` is one that `reference` names. */
export function refersTo(reference: FactReference, event: PlacementEvent): boolean {
  return 'eventId' in reference
    ? event.id === reference.eventId
    : event.messageId === reference.messageId && event.source === reference.source;
}

/** Who points at whom, by index in rank order. Indices ascend. */
export type References = {
  readonly modifiers: readonly number[];
  /** By index of a modifier. */
  readonly targets: readonly (readonly number[])[];
  /** By index of any event: the modifiers that point at it. */
  readonly pointers: readonly (readonly number[])[];
};

export function references(events: readonly PlacementEvent[], modifiers: readonly number[]): References {
  const targets: number[][] = events.map(() => []);
  const pointers: number[][] = events.map(() => []);
  for (const m of modifiers) {
    const modifier = events[m];
    const reference = modifier !== undefined && isModifier(modifier) ? referenceOf(modifier) : null;
    if (reference === null) continue;
    events.forEach((event, t) => {
      if (!refersTo(reference, event)) return;
      targets[m]?.push(t);
      pointers[t]?.push(m);
    });
  }
  return { modifiers, targets, pointers };
}

/**
 * The modifiers in an order in which each comes after all that point at it, those of a ring first among what a ring
 * leaves undecided. A ring is found by looking who can reach himself.
 */
export function pointersFirst(graph: References): {
  readonly order: readonly number[];
  readonly inRing: ReadonlySet<number>;
} {
  const waitsFor = new Map(graph.modifiers.map((m) => [m, graph.pointers[m]?.length ?? 0]));
  const order: number[] = [];
  const inRing = new Set<number>();
  const take = (m: number): void => {
    waitsFor.delete(m);
    order.push(m);
  };
  const settle = (from: number): void => {
    for (let i = from; i < order.length; i++) {
      for (const t of graph.targets[order[i] ?? -1] ?? []) {
        const left = waitsFor.get(t);
        if (left === undefined) continue;
        if (left === 1) take(t);
        else waitsFor.set(t, left - 1);
      }
    }
  };
  for (const m of graph.modifiers) if (waitsFor.get(m) === 0) take(m);
  settle(0);
  if (waitsFor.size > 0) {
    const undecided = [...waitsFor.keys()];
    const from = order.length;
    for (const m of undecided) if (reachesItself(m, graph)) inRing.add(m);
    for (const m of inRing) take(m);
    settle(from);
  }
  return { order, inRing };
}

function reachesItself(start: number, graph: References): boolean {
  const seen = new Set<number>();
  const open = [...(graph.targets[start] ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === start) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    for (const target of graph.targets[next] ?? []) open.push(target);
  }
  return false;
}
