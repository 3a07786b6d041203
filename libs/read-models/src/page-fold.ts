import type { EventStore, RecordedEvent } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import type { PlacementEvent } from '@bestendig/placement-domain';
import type { Generation } from '@bestendig/read-store';
import type { ClientBase } from 'pg';
import { arrayText } from './array-text';
import { emptyChangeSet, type ChangeSet } from './change-set';
import { candidatesOf, foldPerson, foldPlacement, type FoldedPlacement } from './fold';
import { placementOfStream, streamOfPlacement, uuidOrNull } from './opaque-ids';
import { hasMomentsAfterEvents, placementStates } from './placement-states';

/** What a page of the log is folded with. */
export type FoldContext = {
  readonly store: Pick<EventStore, 'readStreams' | 'comparePositions'>;
  /** To look up which placements a person has. Nothing is written. */
  readonly client: ClientBase;
  /** As it stands before the page. */
  readonly generation: Generation;
};

/** One stream's events in a page, and whether the page goes over a moment of which rows are stored already. */
type TouchedPlacement = { readonly placementId: string; readonly events: readonly PlacementEvent[]; readonly earlier: readonly PlacementEvent[] };

/**
 * What a page does to the rows. Rows are a function of the events up to the page's end: it is the same whether these
 * came one by one or all at once.
 *
 * @param events of placement streams, in the order of the log, following on those that the build holds.
 */
export async function foldPage(events: readonly RecordedEvent[], context: FoldContext): Promise<ChangeSet> {
  const changes = emptyChangeSet();
  const last = events.at(-1);
  const from = events[0]?.knownTime;
  if (last === undefined || from === undefined) return changes;
  // The page before may have ended within a group of events of one known time: what it wrote for that time is made anew.
  const cutsGroup = from === context.generation.appliedKnownTime;
  const touched = await touchedPlacements(events, context);
  const folded = new Map<string, FoldedPlacement>();
  const rewritten = new Set<string>();
  for (const { placementId, events: all, earlier } of touched) {
    if (earlier.length > 0 && (cutsGroup || hasMomentsAfterEvents(earlier))) rewritten.add(placementId);
    folded.set(placementId, foldPlacement({ placementId, events: all, from }, changes));
  }
  for (const id of rewritten) changes.rewrittenPlacements.push({ id, from });

  const candidates = new Set<string>();
  for (const placement of folded.values()) for (const candidate of candidatesOf(placement)) candidates.add(candidate);
  if (cutsGroup) for (const candidate of await candidatesSince(context, [...folded.keys()], from)) candidates.add(candidate);
  for (const { candidateId, placements } of await personsOf(candidates, folded, { from, last }, context)) {
    if (cutsGroup || placements.some((placement) => rewritten.has(placement.placementId) || placement.hasLaterMoments === true)) {
      for (const { placementId } of placements) changes.rewrittenChains.push({ id: placementId, from });
    }
    foldPerson({ candidateId, placements }, changes);
  }
  return changes;
}

async function touchedPlacements(events: readonly RecordedEvent[], { store }: FoldContext): Promise<readonly TouchedPlacement[]> {
  const byStream = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const known = byStream.get(event.stream);
    if (known === undefined) byStream.set(event.stream, [event]);
    else known.push(event);
  }
  const begunEarlier = [...byStream].filter(([, [first]]) => first !== undefined && first.revision > 0).map(([stream]) => stream);
  const earlierEvents = begunEarlier.length === 0 ? new Map<string, readonly RecordedEvent[]>() : await store.readStreams(begunEarlier);
  const touched: TouchedPlacement[] = [];
  for (const [stream, inPage] of byStream) {
    const placementId = placementOfStream(stream);
    if (placementId === null) continue;
    const firstRevision = inPage[0]?.revision ?? 0;
    const earlier: PlacementEvent[] = [];
    // The stream is read as it is now: what follows the page in it belongs to a later one.
    for (const event of earlierEvents.get(stream) ?? []) if (event.revision < firstRevision) earlier.push(toPlacementEvent(event));
    touched.push({ placementId, earlier, events: [...earlier, ...inPage.map(toPlacementEvent)] });
  }
  return touched;
}

/** Persons under whom the stored rows have these placements since a moment: they too are made anew. */
async function candidatesSince({ client, generation }: FoldContext, placementIds: readonly string[], from: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ candidate: string }>(
    `select distinct candidate_id as candidate from ${generation.schema}.placement
     where placement_id = any($1::uuid[]) and known_from >= $2 and candidate_id is not null`,
    [arrayText(placementIds), from],
  );
  return rows.map(({ candidate }) => candidate);
}

/** `hasLaterMoments`: stored versions of it may begin after its last event. */
type Member = FoldedPlacement & { readonly hasLaterMoments?: boolean };
type Person = { readonly candidateId: string; readonly placements: readonly Member[] };
type Span = { readonly from: string; readonly last: RecordedEvent };

/** The page's persons with all their placements; also persons whom one of these placements was moved from or to at its moments. */
async function personsOf(
  candidates: ReadonlySet<string>,
  touched: ReadonlyMap<string, FoldedPlacement>,
  span: Span,
  context: FoldContext,
): Promise<readonly Person[]> {
  const persons = new Map<string, { candidateId: string; placements: Member[] }>();
  const placements = new Map<string, Member>(touched);
  let fresh = [...candidates];
  while (fresh.length > 0) {
    for (const candidateId of fresh) persons.set(candidateId, { candidateId, placements: [] });
    const others = await otherPlacements(fresh, placements, span, context);
    for (const other of others) placements.set(other.placementId, other);
    fresh = [...new Set(others.flatMap(candidatesOf))].filter((candidate) => !persons.has(candidate));
  }
  for (const placement of placements.values()) for (const candidate of candidatesOf(placement)) persons.get(candidate)?.placements.push(placement);
  return [...persons.values()];
}

/** The placements of these persons that are not among the known ones, as they stood up to the page's end. */
async function otherPlacements(
  candidates: readonly string[],
  known: ReadonlyMap<string, FoldedPlacement>,
  { from, last }: Span,
  { client, generation, store }: FoldContext,
): Promise<readonly Member[]> {
  const ids = candidates.filter((candidate) => uuidOrNull(candidate) !== null);
  if (ids.length === 0) return [];
  const { rows } = await client.query<{ placement: string }>({
    name: `placements_of_persons_${generation.schema}`,
    text: `select placement_id as placement from ${generation.schema}.placement where candidate_id = any($1::uuid[]) and known_to = 'infinity'`,
    values: [arrayText(ids)],
  });
  const unknown = rows.map(({ placement }) => placement).filter((placement) => !known.has(placement));
  if (unknown.length === 0) return [];
  const streams = await store.readStreams(unknown.map(streamOfPlacement));
  return unknown.map((placementId) => {
    const events: PlacementEvent[] = [];
    for (const event of streams.get(streamOfPlacement(placementId)) ?? []) if (isUpTo(event, last, store)) events.push(toPlacementEvent(event));
    return { placementId, from, states: placementStates(events, from), hasLaterMoments: hasMomentsAfterEvents(events) };
  });
}

/** Known times follow the log, so positions are compared within the last known time only. */
function isUpTo(event: RecordedEvent, last: RecordedEvent, store: FoldContext['store']): boolean {
  return event.knownTime < last.knownTime || (event.knownTime === last.knownTime && store.comparePositions(event.position, last.position) <= 0);
}
