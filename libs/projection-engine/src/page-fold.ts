import type { EventStore, RecordedEvent } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import { PERSON_PLACEMENTS_MAX, type PlacementEvent } from '@bestendig/placement-domain';
import type { Generation } from '@bestendig/read-store';
import type { ClientBase } from 'pg';
import { arrayText } from './array-text';
import { emptyChangeSet, type ChangeSet } from './change-set';
import { foldPerson, foldPlacement, type FoldedPlacement } from './fold';
import type { KnownPlacement, KnownPlacements } from './known-placements';
import { placementOfStream, streamOfPlacement, uuidOrNull } from './opaque-ids';
import { joinedPlacements, namedCandidates } from './persons';
import { hasMomentsAfterEvents, placementStates } from './placement-states';
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

export type FoldedPage = {
  readonly changes: ChangeSet;
  /** The page's placements with all their events, to be kept once the changes are committed. */
  readonly touched: ReadonlyMap<string, KnownPlacement>;
};

/** A placement that the page has to do with; `before`: how many of its events came before the page. */
type PagePlacement = {
  readonly placementId: string;
  readonly events: readonly PlacementEvent[];
  readonly before: number;
  readonly touched: boolean;
};

/**
 * What a page does to the rows. Rows are a function of the events up to the page's end: it is the same whether these
 * came one by one or all at once.
 *
 * @param events of placement streams, in the order of the log, following on those that the build holds.
 */
export async function foldPage(events: readonly RecordedEvent[], context: FoldContext): Promise<FoldedPage> {
  const changes = emptyChangeSet(context.set);
  const last = events.at(-1);
  const from = events[0]?.knownTime;
  if (last === undefined || from === undefined) return { changes, touched: new Map() };
  const touched = await touchedPlacements(events, context);
  const placements = new Map<string, PagePlacement>();
  for (const [placementId, { events: all, before }] of touched)
    placements.set(placementId, { placementId, events: all, before, touched: true });
  const tooMany = await addOtherPlacements(placements, { from, last }, context);
  // The page before may have ended within a group of events of one known time: what it wrote for that time is made anew.
  const cutsGroup = from === context.generation.appliedKnownTime;
  for (const joined of joinedPlacements([...placements.values()]))
    foldJoined(context.set, joined, { from, cutsGroup, tooMany }, changes);
  return { changes, touched };
}

/** Placements that share a person, at any time: both stages over them. */
function foldJoined(
  set: ProjectionSet,
  joined: { readonly candidates: readonly string[]; readonly placements: readonly PagePlacement[] },
  {
    from,
    cutsGroup,
    tooMany,
  }: { readonly from: string; readonly cutsGroup: boolean; readonly tooMany: ReadonlySet<string> },
  changes: ChangeSet,
): void {
  const folded: FoldedPlacement[] = [];
  let rewritesChains = false;
  for (const { placementId, events, before, touched } of joined.placements) {
    const rewrites =
      before > 0 && (cutsGroup || hasMomentsAfterEvents(before === events.length ? events : events.slice(0, before)));
    rewritesChains = rewritesChains || rewrites;
    if (rewrites && touched) changes.rewrittenPlacements.push({ id: placementId, from });
    folded.push(
      touched
        ? foldPlacement(set, { placementId, events, from }, changes)
        : { placementId, states: placementStates(events, from) },
    );
  }
  if (rewritesChains)
    for (const { placementId } of joined.placements) changes.rewrittenChains.push({ id: placementId, from });
  for (const candidateId of joined.candidates)
    foldPerson(set, { candidateId, placements: folded, hasTooMany: tooMany.has(candidateId) }, changes);
}

type TouchedPlacement = KnownPlacement & { readonly before: number };

async function touchedPlacements(
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
async function addOtherPlacements(
  placements: Map<string, PagePlacement>,
  { from, last }: { readonly from: string; readonly last: RecordedEvent },
  context: FoldContext,
): Promise<ReadonlySet<string>> {
  const { store, known } = context;
  const tooMany = new Set<string>();
  const seen = new Set<string>();
  let fresh = candidatesIn(placements.values(), seen);
  while (fresh.length > 0) {
    const found = await placementsOf(fresh, { from, touched: [...placements.keys()] }, context);
    for (const candidate of found.tooMany) tooMany.add(candidate);
    const others = found.placements.filter((placement) => !placements.has(placement));
    const unread = others.filter((placement) => known.get(placement) === null).map(streamOfPlacement);
    const streams = unread.length === 0 ? NOTHING_READ : await store.readStreams(unread);
    const added = others.map((placementId): PagePlacement => {
      const read = streams.get(streamOfPlacement(placementId))?.filter((event) => isUpTo(event, last, store));
      const events = read?.map(toPlacementEvent) ?? known.get(placementId)?.events ?? [];
      return { placementId, events, before: events.length, touched: false };
    });
    for (const other of added) placements.set(other.placementId, other);
    fresh = candidatesIn(added, seen);
  }
  return tooMany;
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
function isUpTo(event: RecordedEvent, last: RecordedEvent, store: FoldContext['store']): boolean {
  return (
    event.knownTime < last.knownTime ||
    (event.knownTime === last.knownTime && store.comparePositions(event.position, last.position) <= 0)
  );
}
