import type { EventStore, RecordedEvent } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import { PERSON_PLACEMENTS_MAX, type PlacementEvent } from '@bestendig/placement-domain';
import type { Generation, QuarantinedPlacement } from '@bestendig/read-store';
import type { ClientBase } from 'pg';
import { arrayText } from './array-text';
import type { HeldPlacements } from './held-placements';
import type { KnownPlacement, KnownPlacements } from './known-placements';
import { placementOfStream, streamOfPlacement, uuidOrNull } from './opaque-ids';
import { namedCandidates } from './persons';
import type { ProjectionSet } from './projection';

/** What a page of the log is folded with. */
export type FoldContext = {
  readonly set: ProjectionSet;
  readonly store: Pick<EventStore, 'readStreams' | 'comparePositions'>;
  /** To look up which placements a person has. Nothing is written. */
  readonly client: ClientBase;
  /** As it stands before the page. */
  readonly generation: Generation;
  /** What is known of placements up to there. */
  readonly known: KnownPlacements;
};

/** A placement that the page has to do with; `before`: how many of its events came before the page. */
export type PagePlacement = {
  readonly placementId: string;
  readonly events: readonly PlacementEvent[];
  readonly before: number;
  readonly touched: boolean;
};

/** What is folded: placements that events came for, and those in quarantine that are to be folded whole. */
export type Scope = {
  readonly touched: ReadonlyMap<string, TouchedPlacement>;
  readonly retried: readonly QuarantinedPlacement[];
  /** The first moment from which rows are made. */
  readonly from: string;
  /** The end of what is folded. */
  readonly upTo: UpTo;
};
type UpTo = Pick<RecordedEvent, 'knownTime' | 'position'>;

/** From one moment on, up to the end of what is folded. */
type Folding = { readonly from: string; readonly upTo: UpTo; readonly held: HeldPlacements };

export type TouchedPlacement = KnownPlacement & { readonly before: number };

export async function touchedPlacements(
  events: readonly RecordedEvent[],
  { store, known }: FoldContext,
): Promise<ReadonlyMap<string, TouchedPlacement>> {
  const byPlacement = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const placementId = placementOfStream(event.stream);
    if (placementId === null) continue;
    const inPage = byPlacement.get(placementId);
    if (inPage === undefined) byPlacement.set(placementId, [event]);
    else inPage.push(event);
  }
  const unread: string[] = [];
  for (const [placementId, [first]] of byPlacement) {
    if (first !== undefined && first.revision > 0 && known.get(placementId)?.revision !== first.revision - 1)
      unread.push(streamOfPlacement(placementId));
  }
  const streams = unread.length === 0 ? NOTHING_READ : await store.readStreams(unread);
  const touched = new Map<string, TouchedPlacement>();
  for (const [placementId, inPage] of byPlacement) {
    const firstRevision = inPage[0]?.revision ?? 0;
    const all: PlacementEvent[] = [];
    const read = streams.get(streamOfPlacement(placementId));
    // A stream is read as it is now: what follows the page in it belongs to a later one.
    if (read !== undefined)
      for (const event of read) if (event.revision < firstRevision) all.push(toPlacementEvent(event));
    if (read === undefined && firstRevision > 0)
      for (const event of known.get(placementId)?.events ?? []) all.push(event);
    const before = all.length;
    for (const event of inPage) all.push(toPlacementEvent(event));
    touched.set(placementId, { events: all, before, revision: inPage.at(-1)?.revision ?? 0 });
  }
  return touched;
}

const NOTHING_READ: ReadonlyMap<string, readonly RecordedEvent[]> = new Map();

/**
 * Adds the placements that the page does not touch but whose person it does, as they stood up to its end: those that were
 * this person's just before the page's first moment too. Where the page before ended within that moment, one of them may
 * have left the person in it, and what was written of both together is made anew.
 */
export async function addOtherPlacements(
  placements: Map<string, PagePlacement>,
  folding: Folding,
  context: FoldContext,
): Promise<ReadonlySet<string>> {
  const { from, held } = folding;
  const tooMany = new Set<string>();
  const seen = new Set<string>();
  const add = async (placementIds: Iterable<string>): Promise<readonly PagePlacement[]> => {
    const others = [...placementIds].filter((placement) => !placements.has(placement));
    const added = others.length === 0 ? [] : await otherPlacements(others, folding, context);
    for (const other of added) placements.set(other.placementId, other);
    return added;
  };
  await add(held.released.keys());
  let fresh = candidatesIn(placements.values(), seen);
  while (fresh.length > 0) {
    const found = await placementsOf(fresh, { from, touched: [...placements.keys()] }, context);
    for (const candidate of found.tooMany) tooMany.add(candidate);
    fresh = candidatesIn(await add(found.placements), seen);
  }
  return tooMany;
}

async function otherPlacements(
  placementIds: readonly string[],
  { upTo, held }: Folding,
  { store, known }: FoldContext,
): Promise<readonly PagePlacement[]> {
  const unread = placementIds.filter((placement) => known.get(placement) === null).map(streamOfPlacement);
  const streams = unread.length === 0 ? NOTHING_READ : await store.readStreams(unread);
  await held.lookUp(placementIds);
  return placementIds.map((placementId) => {
    const read = streams.get(streamOfPlacement(placementId))?.filter((event) => isUpTo(event, upTo, store));
    const events = read?.map(toPlacementEvent) ?? known.get(placementId)?.events ?? [];
    return held.soundPart({ placementId, events, before: events.length, touched: false });
  });
}

/**
 * The placements that these persons have from a moment on; and those persons who have so many, whatever the page does to
 * the ones it touches, that none is joined to another: theirs are not given.
 */
async function placementsOf(
  candidates: readonly string[],
  page: { readonly from: string; readonly touched: readonly string[] },
  { client, generation: { schema } }: FoldContext,
): Promise<{ readonly placements: readonly string[]; readonly tooMany: readonly string[] }> {
  const { rows } = await client.query<{ candidate: string; placement: string }>({
    name: `placements_of_persons_${schema}`,
    text: `select candidate, placement_id as placement from unnest($1::uuid[]) candidate cross join lateral
      (select placement_id from ${schema}.placement where candidate_id = candidate and known_to >= $2 limit ${PERSON_PLACEMENTS_MAX + 1}) held`,
    values: [arrayText(candidates), page.from],
  });
  const counts = new Map<string, number>();
  for (const { candidate } of rows) counts.set(candidate, (counts.get(candidate) ?? 0) + 1);
  const many = [...counts].filter(([, count]) => count > PERSON_PLACEMENTS_MAX).map(([candidate]) => candidate);
  const placements = new Set<string>();
  for (const { candidate, placement } of rows) if (!many.includes(candidate)) placements.add(placement);
  const tooMany: string[] = [];
  for (const candidate of many) {
    if (await keepsTooMany(candidate, page, { client, schema })) tooMany.push(candidate);
    else
      for (const placement of await allPlacementsOf(candidate, page.from, { client, schema }))
        placements.add(placement);
  }
  return { placements: [...placements], tooMany };
}

type Build = { readonly client: ClientBase; readonly schema: string };

/** Also without those that the page touches, and before the page too, so that nothing of the others changes in it. */
async function keepsTooMany(
  candidate: string,
  page: { readonly from: string; readonly touched: readonly string[] },
  { client, schema }: Build,
): Promise<boolean> {
  const { rows } = await client.query(
    `select from ${schema}.placement where candidate_id = $1 and known_to = 'infinity' and known_from < $2 and placement_id <> all($3::uuid[])
     limit ${PERSON_PLACEMENTS_MAX + 1}`,
    [candidate, page.from, arrayText(page.touched)],
  );
  return rows.length > PERSON_PLACEMENTS_MAX;
}

async function allPlacementsOf(candidate: string, from: string, { client, schema }: Build): Promise<readonly string[]> {
  const { rows } = await client.query<{ placement: string }>(
    `select distinct placement_id as placement from ${schema}.placement where candidate_id = $1 and known_to >= $2`,
    [candidate, from],
  );
  return rows.map(({ placement }) => placement);
}

function candidatesIn(placements: Iterable<PagePlacement>, seen: Set<string>): readonly string[] {
  const fresh: string[] = [];
  for (const { events } of placements) {
    for (const candidate of namedCandidates(events)) {
      if (seen.has(candidate) || uuidOrNull(candidate) === null) continue;
      seen.add(candidate);
      fresh.push(candidate);
    }
  }
  return fresh;
}

/** Known times follow the log, so positions are compared within the last known time only. */
function isUpTo(event: RecordedEvent, last: UpTo, store: FoldContext['store']): boolean {
  return (
    event.knownTime < last.knownTime ||
    (event.knownTime === last.knownTime && store.comparePositions(event.position, last.position) <= 0)
  );
}
