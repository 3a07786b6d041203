import { cohortRetention, cutOf, listPlacements, READ_MODELS } from '@bestendig/read-models';
import { loadHistories, quarantinedOf } from '@bestendig/projection-engine';
import { openReadStore, type ReadStore } from '@bestendig/read-store';
import { retentionMatrix } from '@bestendig/duurzaamheid-domain';
import { chainsAtEveryEnd, type PlacementEvent } from '@bestendig/placement-domain';
import {
  contractEnded,
  createTestDatabase,
  junkEvents,
  placement,
  registered,
  signed,
  spoiltHistories,
  type TestDatabase,
} from '@bestendig/testing';
import fc from 'fast-check';
import { forget } from './built-rows';
import { uuidOf } from './random-logs';

let database: TestDatabase;
let readStore: ReadStore;
beforeAll(async () => {
  database = await createTestDatabase();
  readStore = await openReadStore(database.url);
});
afterAll(async () => {
  await readStore.close();
  await database.drop();
});

const ID = '00000000-0000-4000-8000-000000000001';
const KNOWN_AT = '2031-01-01T00:00:00.000000Z';

/** Events as a store gives them: ids are UUIDs and data is what JSON can hold. */
const stored = (events: readonly PlacementEvent[], name: string): readonly PlacementEvent[] =>
  events.map((event, index) => ({ ...event, id: uuidOf(`${name} ${index}`), data: storable(event.data) }));

function storable(data: unknown): never {
  try {
    const kept: unknown = JSON.parse(
      JSON.stringify(data, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    );
    return (typeof kept === 'object' && kept !== null ? kept : {}) as never;
  } catch {
    return {} as never;
  }
}

test('whatever the log holds, it is folded and written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(junkEvents, spoiltHistories), { minLength: 20, maxLength: 20 }),
      fc.anything(),
      async (histories, anything) => {
        await forget(database.url);
        const odd = storable({
          effectiveDate: '2020-01-01',
          candidateId: 'nobody',
          employerId: 'kvk:1',
          sector: anything,
          region: anything,
          hoursPerWeek: anything,
          inTargetGroup: anything,
        });
        const placements = histories.map((events, index) => {
          const registration = { ...(placement(ID, registered()).events[0] ?? fail()), data: odd };
          return {
            placementId: uuidOf(`placement ${index}`),
            events: stored([registration, signed0(), ...events].sort(byTime), String(index)),
          };
        });
        const generation = await loadHistories(READ_MODELS, database.url, [placements]);
        expect((await quarantinedOf(READ_MODELS, readStore, { limit: 1 })).items).toEqual([]);
        expect((await listPlacements(readStore, cutOf(generation, KNOWN_AT), { limit: 100 })).items).toHaveLength(20);
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
});

const signed0 = (): PlacementEvent => placement(ID, signed('2020-02-01')).events[1] ?? fail();
const byTime = (a: PlacementEvent, b: PlacementEvent): number =>
  a.recordedAt < b.recordedAt ? -1 : a.recordedAt > b.recordedAt ? 1 : 0;

test.each([
  ['until the last day of the calendar', [signed('2024-01-15', '9999-12-31')]],
  ['ended on it', [signed('2024-01-15'), contractEnded('9999-12-31', '30')]],
  ['begun centuries off by a slip of the pen', [signed('2924-01-15', '2924-07-14')]],
  ['begun on the first day of the calendar', [signed('0001-01-01', '0001-06-30')]],
])('a contract %s breaks nothing, and is counted as the pure measure counts it', async (_, facts) => {
  await forget(database.url);
  const told = placement(ID, registered({ candidateId: ID }), ...facts);
  const generation = await loadHistories(READ_MODELS, database.url, [
    [{ placementId: ID, events: stored(told.events, 'far') }],
  ]);
  const question = { peildatum: '2030-06-01', cohort: 'year', horizons: [0, 6, 12, 24] } as const;
  const pure = retentionMatrix(chainsAtEveryEnd([told]), { ...question, knownAt: KNOWN_AT });
  expect(await cohortRetention(readStore, cutOf(generation, KNOWN_AT), question)).toEqual({
    ...pure,
    asReported: false,
  });
});

function fail(): never {
  throw new Error('no such event');
}
