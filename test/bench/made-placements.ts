import { createHash } from 'node:crypto';
import {
  ARRANGEMENTS,
  SECTORS,
  addDays,
  addMonths,
  type Day,
  type Fact,
  type PlacementEvent,
} from '@bestendig/placement-domain';

/** A placement's facts in the order in which they became known. */
export type MadePlacement = { readonly placementId: string; readonly events: readonly PlacementEvent[] };

/**
 * Placements as a bench needs them: many, quickly, the same for the same seed; about eight facts each, begun from 2016 to
 * 2025, contracts extended or ended with the usual codes, facts known some weeks late, a few corrected. One person in six
 * has a second placement. What realistic data looks like is the generator's business, not this one's.
 */
export function* madePlacements(count: number, seed: number): Generator<MadePlacement> {
  const next = randomNumbers(seed);
  let lastCandidate = '';
  for (let index = 0; index < count; index += 1) {
    const candidateId = lastCandidate !== '' && next() < 1 / 6 ? lastCandidate : idOf(`candidate ${seed} ${index}`);
    lastCandidate = candidateId;
    yield madePlacement(idOf(`placement ${seed} ${index}`), candidateId, next);
  }
}

function madePlacement(placementId: string, candidateId: string, next: () => number): MadePlacement {
  const told: { fact: Fact; known: Day }[] = [];
  const pick = <Item>(items: readonly Item[], fallback: Item): Item =>
    items[Math.floor(next() * items.length)] ?? fallback;
  const tell = (fact: Fact): number =>
    told.push({ fact, known: addDays(fact.data.effectiveDate, Math.floor(next() * 45) - 5) });
  const day0 = addDays('2016-01-01', Math.floor(next() * 3_560));
  tell({
    type: 'PlacementRegistered',
    data: {
      effectiveDate: addDays(day0, -10), candidateId, employerId: `kvk:${10_000_000 + Math.floor(next() * 5_000)}`, sector: pick(SECTORS, 'markt'),
      region: `AM${String(1 + Math.floor(next() * 38)).padStart(2, '0')}`, hoursPerWeek: 8 + Math.floor(next() * 28), arrangement: pick(ARRANGEMENTS, 'uitzend'),
      postOrigin: 'regular', aboveFormation: false, budget: 'department', registrationKind: next() < 0.05 ? 'existingWorker' : 'newJob', inTargetGroup: 'yes',
    },
  }); // prettier-ignore
  let plannedEnd = addDays(addMonths(day0, next() < 0.5 ? 6 : 12), -1);
  tell({ type: 'ContractSigned', data: { effectiveDate: day0, form: 'arbeidsovereenkomst', plannedEnd } });
  if (next() < 0.6)
    tell({ type: 'JobcoachAssigned', data: { effectiveDate: addDays(day0, 40), kind: 'external', level: 'midden' } });
  if (next() < 0.5) tell({ type: 'HoursChanged', data: { effectiveDate: addDays(day0, 100), hoursPerWeek: 32 } });
  if (next() < 0.4)
    tell({ type: 'EmploymentInterrupted', data: { effectiveDate: addDays(day0, 60), kind: 'sickness' } });
  if (next() < 0.4) tell({ type: 'EmploymentResumed', data: { effectiveDate: addDays(day0, 75) } });
  for (let contract = 2; plannedEnd < '2025-12-31'; contract += 1) {
    const fate = next();
    if (fate < 0.35) {
      tell({
        type: 'ContractEnded',
        data: {
          effectiveDate: next() < 0.5 ? plannedEnd : addDays(plannedEnd, -30),
          endCode: pick(['04', '20', '30', '03', '06'], '30'),
        },
      });
      if (next() < 0.4) tell({ type: 'UitvalRecorded', data: { effectiveDate: plannedEnd, cause: 'noWorkOrMoney' } });
      break;
    }
    if (fate < 0.4) break;
    const firstDay = addDays(plannedEnd, 1);
    if (contract > 3) {
      tell({ type: 'ContractExtended', data: { effectiveDate: firstDay } });
      break;
    }
    plannedEnd = addDays(addMonths(firstDay, 12), -1);
    tell({ type: 'ContractExtended', data: { effectiveDate: firstDay, plannedEnd } });
  }
  told.sort((a, b) => (a.known < b.known ? -1 : a.known > b.known ? 1 : 0));
  return { placementId, events: told.map(({ fact, known }, index) => eventOf(placementId, fact, known, index)) };
}

function eventOf(placementId: string, fact: Fact, known: Day, index: number): PlacementEvent {
  const second = index % 60;
  const moment = `${known}T12:00:${String(second).padStart(2, '0')}.000000Z`;
  const id = idOf(`${placementId} ${index}`);
  return {
    ...fact,
    id,
    recordedAt: moment,
    reportedAt: moment,
    source: 'urn:nld:oin:00000001000000000000:systeem:bench',
    messageId: id,
    byPerson: false,
  };
}

/** A UUID from a text: the same for the same text. */
export function idOf(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Mulberry32: small, seeded, good enough for a bench. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
