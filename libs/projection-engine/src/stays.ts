import { PERSON_PLACEMENTS_MAX } from '@bestendig/placement-domain';
import type { FoldedPlacement, Period } from './fold';

/** How long, in moments of knowing, a placement was a person's. */
type Stay = Period & { readonly placementId: string };

/** Which placements each person had when: what decides whether any of them are joined, without the placements themselves. */
export class Stays {
  private readonly byPerson = new Map<string, Stay[]>();
  private readonly tooMany = new Map<string, readonly Period[]>();

  add({ placementId, states }: FoldedPlacement): void {
    let person: string | null = null;
    let from = '';
    const end = (until: string | null): void => {
      if (person === null) return;
      const stays = this.byPerson.get(person);
      if (stays === undefined) this.byPerson.set(person, [{ placementId, from, until }]);
      else stays.push({ placementId, from, until });
    };
    for (const { readAt, timeline } of states) {
      const next = timeline.registration?.candidateId ?? null;
      if (next === person) continue;
      end(readAt);
      [person, from] = [next, readAt];
    }
    end(null);
  }

  /** When the person has so many placements that none is joined to another. */
  tooManyDuring(person: string): readonly Period[] {
    const known = this.tooMany.get(person) ?? periodsOfTooMany(this.byPerson.get(person) ?? []);
    this.tooMany.set(person, known);
    return known;
  }

  /** By placement the persons whose it is or was; by person how many of theirs may be joined to another. */
  divided(): {
    readonly personsOf: ReadonlyMap<string, readonly Ownership[]>;
    readonly joinable: ReadonlyMap<string, number>;
  } {
    const personsOf = new Map<string, Ownership[]>();
    const joinable = new Map<string, number>();
    for (const [person, stays] of this.byPerson) {
      const periods = this.tooManyDuring(person);
      const together = new Set(stays.filter((stay) => !isWithin(stay, periods)).map(({ placementId }) => placementId));
      joinable.set(person, together.size);
      for (const placementId of new Set(stays.map((stay) => stay.placementId))) {
        const owned = personsOf.get(placementId) ?? [];
        owned.push({ person, isAlone: !together.has(placementId) });
        personsOf.set(placementId, owned);
      }
    }
    return { personsOf, joinable };
  }
}

/** Alone: whenever the placement is this person's, there are too many for it to be joined to another. */
export type Ownership = { readonly person: string; readonly isAlone: boolean };

const isWithin = (stay: Period, periods: readonly Period[]): boolean =>
  periods.some(
    ({ from, until }) => from <= stay.from && (until === null || (stay.until !== null && stay.until <= until)),
  );

function periodsOfTooMany(stays: readonly Stay[]): readonly Period[] {
  if (stays.length <= PERSON_PLACEMENTS_MAX) return [];
  const changes = new Map<string, number>();
  const add = (moment: string, count: number): void => void changes.set(moment, (changes.get(moment) ?? 0) + count);
  for (const { from, until } of stays) {
    add(from, 1);
    if (until !== null) add(until, -1);
  }
  const periods: Period[] = [];
  let count = 0;
  let since: string | null = null;
  for (const [moment, change] of [...changes].sort(([one], [other]) => (one < other ? -1 : 1))) {
    count += change;
    if (since === null && count > PERSON_PLACEMENTS_MAX) since = moment;
    if (since === null || count > PERSON_PLACEMENTS_MAX) continue;
    periods.push({ from: since, until: moment });
    since = null;
  }
  return since === null ? periods : [...periods, { from: since, until: null }];
}
