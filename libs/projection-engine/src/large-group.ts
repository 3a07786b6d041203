import type { Quarantined } from '@bestendig/read-store';
import { backTo, emptyChangeSet, markOf, type ChangeSet } from './change-set';
import { earliest, type Piece } from './copied-part';
import { foldPerson } from './fold';
import { placementStates } from './placement-states';
import type { ProjectionSet } from './projection';
import { culpritsOf, foldSoundGroup, soundPart, type Group, type Placement } from './quarantine';
import { Stays } from './stays';

/** Placements of persons that were ever joined, too many to be held at once: read in slices, each more than once. */
export type Slices = { readonly count: number; read(index: number): Promise<Piece> };
type Write = (changes: ChangeSet) => Promise<void>;
/** By placement what throws, and is left out. */
type Found = Map<string, Quarantined>;
export type Told = Pick<Piece, 'events' | 'asReportedFrom'>;

/**
 * Folds them as one group, slice by slice. First the rows of each placement, and which persons had it when; then the
 * chains. A placement that was a person's only while there were too many for any to be joined (ADR 18) is folded alone;
 * others wait until all are read that they may be joined to: a person's few, or those from before there were too many.
 *
 * @param undo takes back all that was written: where the chains of a person throw, all is folded again without what does.
 */
export async function foldLargeGroup(
  set: ProjectionSet,
  slices: Slices,
  { write, undo }: { readonly write: Write; undo(): Promise<void> },
): Promise<Told & { readonly quarantined: readonly Quarantined[] }> {
  const found: Found = new Map();
  for (;;) {
    const stays = new Stays();
    const told = await foldPlacements(set, slices, { found, stays, write });
    const more = await foldPersons(set, slices, { found, stays, write });
    if (more.length === 0) return { ...told, quarantined: foundTogether([...found.values()]) };
    add(found, more);
    await undo();
  }
}

/** What may change one may change all. */
function foundTogether(all: readonly Quarantined[]): readonly Quarantined[] {
  const thrownAt = all.reduce((last, one) => (one.thrownAt > last ? one.thrownAt : last), '');
  return all.map((one) => ({ ...one, thrownAt }));
}

type Folding = { readonly found: Found; readonly stays: Stays; readonly write: Write };

async function foldPlacements(set: ProjectionSet, slices: Slices, { found, stays, write }: Folding): Promise<Told> {
  let told: Told = { events: 0, asReportedFrom: null };
  for (let index = 0; index < slices.count; index += 1) {
    const changes = emptyChangeSet(set);
    const { histories, events, asReportedFrom } = await slices.read(index);
    told = { events: told.events + events, asReportedFrom: earliest(told.asReportedFrom, asReportedFrom) };
    for (const history of histories) {
      const placement = sound(history, found);
      add(found, foldSoundGroup(set, { candidates: [], placements: [placement] }, changes));
      stays.add(folded(sound(placement, found)));
    }
    await write(changes);
  }
  return told;
}

/** Gives what throws; then all that was written is to be taken back. */
async function foldPersons(
  set: ProjectionSet,
  slices: Slices,
  { found, stays, write }: Folding,
): Promise<readonly Quarantined[]> {
  const { personsOf, joinable } = stays.divided();
  const waiting = new Map<string, Placement[]>();
  const more: Quarantined[] = [];
  for (let index = 0; index < slices.count; index += 1) {
    const changes = emptyChangeSet(set);
    for (const history of (await slices.read(index)).histories) {
      const placement = sound(history, found);
      for (const { person, isAlone } of personsOf.get(placement.placementId) ?? []) {
        if (isAlone) {
          const group = { candidates: [person], placements: [placement], tooMany: new Set([person]) };
          more.push(...foldPersonOf(set, group, changes));
          continue;
        }
        const placements = waiting.get(person) ?? [];
        waiting.set(person, placements);
        if (placements.push(placement) < (joinable.get(person) ?? 0)) continue;
        waiting.delete(person);
        const tooManyDuring = stays.tooManyDuring(person);
        more.push(...foldPersonOf(set, { candidates: [person], placements, tooManyDuring }, changes));
      }
    }
    await write(changes);
  }
  return more;
}

function foldPersonOf(set: ProjectionSet, group: Group, changes: ChangeSet): readonly Quarantined[] {
  const [candidateId = ''] = group.candidates;
  const { tooMany, tooManyDuring = [] } = group;
  const mark = markOf(changes);
  try {
    const placements = group.placements.map(folded);
    foldPerson(set, { candidateId, placements, hasTooMany: tooMany !== undefined, tooManyDuring }, changes);
    return [];
  } catch (error) {
    backTo(mark, changes);
    return culpritsOf(set, group, { from: null, error });
  }
}

const folded = ({ placementId, events }: Placement) => ({ placementId, states: placementStates(events, null) });

const sound = (placement: Placement, found: Found): Placement => {
  const one = found.get(placement.placementId);
  return one === undefined ? placement : (soundPart([placement], [one])[0] ?? placement);
};

/** Of one placement the earliest is what the rest follows from. */
function add(found: Found, more: readonly Quarantined[]): void {
  for (const one of more) {
    const before = found.get(one.placementId);
    if (before === undefined || one.revision < before.revision) found.set(one.placementId, one);
  }
}
