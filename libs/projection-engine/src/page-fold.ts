import type { RecordedEvent } from '@bestendig/event-store';
import type { Quarantined, QuarantineChange, QuarantinedPlacement } from '@bestendig/read-store';
import { backTo, emptyChangeSet, markOf, type ChangeSet } from './change-set';
import { foldPerson, foldPlacement, type FoldedPlacement } from './fold';
import { HeldPlacements } from './held-placements';
import type { KnownPlacement } from './known-placements';
import {
  addOtherPlacements,
  touchedPlacements,
  type FoldContext,
  type PagePlacement,
  type Scope,
} from './page-placements';
import { joinedPlacements, placementsOfEach } from './persons';
import { hasMomentsAfterEvents, placementStates } from './placement-states';
import type { ProjectionSet } from './projection';
import { culpritsOf, soundPart } from './quarantine';

export type FoldedPage = {
  readonly changes: ChangeSet;
  readonly quarantine: QuarantineChange;
  /** How many more placements are in quarantine after it. */
  readonly quarantinedMore: number;
  /** The page's placements with all their events, to be kept once the changes are committed. */
  readonly touched: ReadonlyMap<string, KnownPlacement>;
};

/**
 * What a page does to the rows. Rows are a function of the events up to the page's end: it is the same whether these
 * came one by one or all at once.
 *
 * @param events of placement streams, in the order of the log, following on those that the build holds.
 */
export async function foldPage(events: readonly RecordedEvent[], context: FoldContext): Promise<FoldedPage> {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return nothingFolded(context.set);
  const touched = await touchedPlacements(events, context);
  return foldScope({ touched, retried: [], from: first.knownTime, upTo: last }, context);
}

/** Folds placements in quarantine again, up to where the build stands. */
export async function foldAgain(retried: readonly QuarantinedPlacement[], context: FoldContext): Promise<FoldedPage> {
  const { appliedKnownTime, position } = context.generation;
  if (appliedKnownTime === null || position === null || retried.length === 0) return nothingFolded(context.set);
  const upTo = { knownTime: appliedKnownTime, position };
  return foldScope({ touched: new Map(), retried, from: earliestOf(retried, appliedKnownTime), upTo }, context);
}

const nothingFolded = (set: ProjectionSet): FoldedPage => ({
  changes: emptyChangeSet(set),
  quarantine: { released: [], found: [], retried: [] },
  quarantinedMore: 0,
  touched: new Map(),
});

/** From an earlier moment on where something is found to throw that was known before. */
async function foldScope(scope: Scope, context: FoldContext): Promise<FoldedPage> {
  for (let from = scope.from; ;) {
    const folded = await foldFrom(from, scope, context);
    if ('changes' in folded) return folded;
    from = folded.from;
  }
}

async function foldFrom(
  from: string,
  { touched, retried, upTo }: Scope,
  context: FoldContext,
): Promise<FoldedPage | { readonly from: string }> {
  const { set, client, generation } = context;
  const held = new HeldPlacements(client, generation.number, from);
  held.release(retried);
  if (touched.size > 0) await held.releaseSince(from);
  await held.lookUp(touched.keys());
  const placements = new Map<string, PagePlacement>();
  for (const [placementId, { events, before }] of touched)
    placements.set(placementId, held.soundPart({ placementId, events, before, touched: true }));
  const tooMany = await addOtherPlacements(placements, { from, upTo, held }, context);
  const firstReleased = earliestOf(held.released.values(), from);
  if (firstReleased < from) return { from: firstReleased };

  const changes = emptyChangeSet(set);
  // The page before may have ended within a group of events of one known time: what it wrote for that time is made anew.
  const isAnew = generation.appliedKnownTime !== null && from <= generation.appliedKnownTime;
  const found: Quarantined[] = [];
  for (const joined of joinedPlacements([...placements.values()]))
    found.push(...foldJoined(set, joined, { from, isAnew, tooMany, released: held.released }, changes));
  const firstFound = earliestOf(found, from);
  if (firstFound < from) return { from: firstFound };
  const quarantine = {
    released: [...held.released.keys()],
    found,
    retried: retried.map(({ placementId }) => placementId),
  };
  return { changes, quarantine, quarantinedMore: held.moreWith(found), touched };
}

function earliestOf(entries: Iterable<Pick<Quarantined, 'knownTime'>>, moment: string): string {
  let earliest = moment;
  for (const { knownTime } of entries) if (knownTime < earliest) earliest = knownTime;
  return earliest;
}

type Joined = { readonly candidates: readonly string[]; readonly placements: readonly PagePlacement[] };
type Folding = {
  readonly from: string;
  /** What is stored from that moment on is made anew. */
  readonly isAnew: boolean;
  readonly tooMany: ReadonlySet<string>;
  readonly released: ReadonlyMap<string, unknown>;
};

/** Placements that share a person, at any time: both stages over them, with what throws left out. Gives what does. */
function foldJoined(set: ProjectionSet, joined: Joined, folding: Folding, changes: ChangeSet): readonly Quarantined[] {
  const mark = markOf(changes);
  const isReleased = joined.placements.some(({ placementId }) => folding.released.has(placementId));
  try {
    foldWhole(set, joined, { ...folding, isWholeGroup: isReleased }, changes);
    return [];
  } catch (error) {
    backTo(mark, changes);
    const { from, tooMany } = folding;
    const found = culpritsOf(set, { ...joined, tooMany }, { from, error });
    // What was known before is read otherwise without them: the page is folded from an earlier moment on.
    if (earliestOf(found, from) < from) return found;
    const sound = { ...joined, placements: soundPart(joined.placements, found) };
    foldWhole(set, sound, { ...folding, isWholeGroup: true }, changes);
    return found;
  }
}

function foldWhole(
  set: ProjectionSet,
  joined: Joined,
  { from, isAnew, tooMany, isWholeGroup }: Folding & { readonly isWholeGroup: boolean },
  changes: ChangeSet,
): void {
  const folded: FoldedPlacement[] = [];
  let rewritesChains = false;
  for (const { placementId, events, before, touched } of joined.placements) {
    const isMade = touched || isWholeGroup;
    const rewrites =
      before > 0 &&
      (isAnew || isWholeGroup || hasMomentsAfterEvents(before >= events.length ? events : events.slice(0, before)));
    rewritesChains = rewritesChains || rewrites;
    if (rewrites && isMade) changes.rewrittenPlacements.push({ id: placementId, from });
    folded.push(
      isMade
        ? foldPlacement(set, { placementId, events, from }, changes)
        : { placementId, states: placementStates(events, from) },
    );
  }
  if (rewritesChains)
    for (const { placementId } of joined.placements) changes.rewrittenChains.push({ id: placementId, from });
  for (const [candidateId, own] of placementsOfEach(joined.candidates, folded))
    foldPerson(set, { candidateId, placements: own, hasTooMany: tooMany.has(candidateId) }, changes);
}
