import fc from 'fast-check';
import { type EventStore } from '@bestendig/event-store';
import { RETRACTION_REASONS, type Fact } from '@bestendig/placement-domain';
import { viewByTimeline, type ViewOf } from '@bestendig/publisher';
import { fact, placement } from '@bestendig/testing';
import { randomLogs, storeOf, type LoggedEvent } from '../../read-models/random-logs';
import { inPages, isSaid, lastOf, viewsOf, withoutChanged } from './published';

const pageSizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });

async function withStore(log: readonly LoggedEvent[], work: (store: EventStore) => Promise<void>): Promise<void> {
  const store = await storeOf(log);
  await work(store).finally(() => store.close());
}

test('the last message of each placement says what holds of it, whatever the pages; the same events give the same messages', async () => {
  await fc.assert(
    fc.asyncProperty(randomLogs, pageSizes, (log, sizes) =>
      withStore(log, async (store) => {
        const { changes, states } = await inPages(store, sizes);
        const said = new Map([...(await viewsOf(store))].filter(([placementId, view]) => isSaid(view) || changes.some(({ key }) => key === placementId)));
        expect(lastOf(states)).toEqual(said);
        expect(new Map([...lastOf(changes)].map(([key, data]) => [key, withoutChanged(data)]))).toEqual(said);
        const oneByOne = await inPages(store, [1]);
        expect(oneByOne.changes).toEqual(changes);
        const stateOf = new Map(oneByOne.states.map((state) => [state.attributes['id'], state]));
        for (const state of states) expect(stateOf.get(state.attributes['id'])).toEqual(state);
        const ids = [...oneByOne.changes, ...oneByOne.states].map(({ attributes }) => attributes['id']);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    ),
    { numRuns: 60 },
  );
});

const NAMES = new Set(['placementId', 'employer', 'hoursPerWeek', 'employments', 'firstDay', 'plannedEnd', 'lastDay', 'changed']);

test('nothing is published that could tell of a disability, a person, or who said what', async () => {
  await fc.assert(
    fc.asyncProperty(randomLogs, (log) =>
      withStore(log, async (store) => {
        const persons = new Set(log.flatMap(({ event }) => (event.type === 'PlacementRegistered' ? [event.data.candidateId] : [])));
        const { changes, states } = await inPages(store, [50]);
        for (const { attributes, data } of [...changes, ...states]) {
          const text = JSON.stringify([attributes, data]);
          expect(namesIn(data).filter((name) => !NAMES.has(name))).toEqual([]);
          expect([...persons].filter((person) => text.includes(person))).toEqual([]);
          expect(log.filter(({ event }) => text.includes(event.type) || text.includes(event.messageId))).toEqual([]);
          expect(wordsIn(data).filter((word) => !isPlain(word))).toEqual([]);
        }
      }),
    ),
    { numRuns: 60 },
  );
});

function namesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}

function wordsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsIn) : [];
}

/** A day, the placement, an employer or a part's name: no code of a form, kind, cause or end is any of these. */
const isPlain = (word: string): boolean => /^(?:\d{4}-\d\d-\d\d|[0-9a-f-]{36}|(?:kvk|oin|rsin|lhn):\d+|employer|hoursPerWeek|employments)$/.test(word);

test('before the first contract nothing is told, and where all employment was retracted, that', () => {
  const at = (...facts: readonly Fact[]) => viewByTimeline('p', placement('p', ...facts).events);
  const onTrial = fact('ProefplaatsingStarted', { effectiveDate: '2024-01-01', plannedEnd: '2024-02-29', authority: 'uwv' });
  const contract = fact('ContractSigned', { effectiveDate: '2024-03-01', form: 'arbeidsovereenkomst' });
  const retracted = fact('FactRetracted', { effectiveDate: '2024-03-01', retracts: { eventId: 'p-2' }, reason: RETRACTION_REASONS[0] });
  expect(isSaid(at(onTrial))).toBe(false);
  expect(at(onTrial, contract)).toEqual({ placementId: 'p', employer: 'kvk:1', hoursPerWeek: 24, employments: [{ firstDay: '2024-03-01', plannedEnd: null, lastDay: null }] });
  expect(isSaid(at(onTrial, contract, retracted))).toBe(false);
});

describe('a placement that cannot be read', () => {
  /** While one of these events is the last one known or the one before it. */
  const throwingAt = (ids: ReadonlySet<string>): ViewOf => (placementId, events) => {
    if (events.slice(-2).some(({ id }) => ids.has(id))) throw new TypeError('poison');
    return viewByTimeline(placementId, events);
  };

  test('says nothing, and all of it as soon as it can be read again; the others go on', async () => {
    await fc.assert(
      fc.asyncProperty(randomLogs, pageSizes, fc.integer({ min: 2, max: 6 }), (log, sizes, share) =>
        withStore(log, async (store) => {
          const poison = new Set(log.filter((_, at) => at % share === 0).map(({ event }) => event.id));
          const { changes, states, reached } = await inPages(store, sizes, throwingAt(poison));
          expect((await inPages(store, [1], throwingAt(poison))).changes).toEqual(changes);
          const last = lastOf(states);
          for (const [placementId, view] of await viewsOf(store)) {
            if (reached.get(`placement-${placementId}`) !== null) continue;
            if (isSaid(view) || last.has(placementId)) expect(last.get(placementId)).toEqual(view);
          }
        }),
      ),
      { numRuns: 60 },
    );
  });
});
