import {
  END_CODES,
  POLICY_MOMENTS,
  PROEFPLAATSING,
  timeline,
  timelines,
  type PlacementEvent,
  type Timeline,
} from '@bestendig/placement-domain';

/** What was known of one placement from one moment until the next state's. */
export type PlacementState = {
  /** Null for the state before the fold begins: known earlier, its rows are stored already. */
  readonly knownFrom: string | null;
  /** The moment it was read at: `knownFrom`, or the last one before. */
  readonly readAt: string;
  readonly timeline: Timeline;
};

/**
 * The states of one placement from `from` on, one per moment at which something changed (a fact became known, or a policy
 * row did), led by the state just before, if there was one. `from` null: all of them.
 *
 * @param events in the order of the log, so that their known times never go back.
 */
export function placementStates(events: readonly PlacementEvent[], from: string | null): readonly PlacementState[] {
  const moments = placementMoments(events);
  let first = 0;
  if (from !== null) while (first < moments.length && (moments[first] ?? '') < from) first += 1;
  const hasBefore = first > 0;
  const read = hasBefore ? moments.slice(first - 1) : moments;
  return timelines(events, read).map((timeline, index) => {
    const readAt = read[index] ?? '';
    return { knownFrom: hasBefore && index === 0 ? null : readAt, readAt, timeline };
  });
}

/** What is known of the placement from one of its moments on. */
export const stateFrom = (events: readonly PlacementEvent[], moment: string): PlacementState => ({
  knownFrom: moment,
  readAt: moment,
  timeline: timelineAt(events, moment),
});

/** Stored versions may begin after the last event: those that a policy row brings which became known later. */
export function hasMomentsAfterEvents(events: readonly PlacementEvent[]): boolean {
  const last = events.at(-1);
  return (
    last !== undefined && last.recordedAt < LAST_POLICY_MOMENT && policyMoments(events, last.recordedAt).length > 0
  );
}

function timelineAt(events: readonly PlacementEvent[], moment: string): Timeline {
  let known = events.length;
  while (known > 0 && (events[known - 1]?.recordedAt ?? '') > moment) known -= 1;
  return timeline(known === events.length ? events : events.slice(0, known), moment);
}

/** Distinct moments, ascending, at which what is known of the placement may have changed. */
export function placementMoments(events: readonly PlacementEvent[]): readonly string[] {
  const moments: string[] = [];
  for (const { recordedAt } of events) if (moments.at(-1) !== recordedAt) moments.push(recordedAt);
  const first = moments[0];
  if (first === undefined || first >= LAST_POLICY_MOMENT) return moments;
  const ofPolicies = policyMoments(events, first);
  return ofPolicies.length === 0 ? moments : [...new Set([...moments, ...ofPolicies])].sort();
}

const LAST_POLICY_MOMENT = POLICY_MOMENTS.at(-1) ?? '';
const TRIAL_MOMENTS = Object.values(PROEFPLAATSING).flatMap((rows) => rows.map(({ knownFrom }) => knownFrom));

/**
 * Moments after `after` at which a policy row became known that can decide over anything that read models hold: end codes
 * and proefplaatsingen (what keten and proeftijd decide over is in no row). Most placements have none.
 */
function policyMoments(events: readonly PlacementEvent[], after: string): readonly string[] {
  const moments: string[] = [];
  for (const event of events) {
    const fact = event.type === 'FactCorrected' ? event.data?.replacement : event;
    const type: unknown = fact?.type;
    if (typeof type === 'string' && type.startsWith('Proefplaatsing')) moments.push(...TRIAL_MOMENTS);
    const data: unknown = fact?.data;
    if (typeof data === 'object' && data !== null && 'endCode' in data) {
      for (const { code, knownFrom } of END_CODES) if (code === data.endCode) moments.push(knownFrom);
    }
  }
  return moments.filter((moment) => moment > after);
}
