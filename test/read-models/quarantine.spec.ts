import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@bestendig/event-store';
import {
  fingerprintOf,
  loadHistories,
  quarantinedOf,
  redrive,
  runProjector,
  type ProjectionSet,
} from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { liveGeneration, openReadStore, type QuarantinedPlacement } from '@bestendig/read-store';
import { createTestDatabase, fact, registered, signed, type TestDatabase } from '@bestendig/testing';
import type { Fact } from '@bestendig/placement-domain';
import fc from 'fast-check';
import { forget, projectAll, rowsAtOnce, rowsIn, withClient } from './built-rows';
import { poisoned, type Poison } from './poisoned-set';
import { appendTo, placementsOf, randomLogs, storeOf, uuidOf, type LoggedEvent } from './random-logs';

let database: TestDatabase;
beforeAll(async () => void (database = await createTestDatabase()));
afterAll(() => database.drop());
beforeEach(() => forget(database.url));

type Found = Pick<QuarantinedPlacement, 'placementId' | 'eventId' | 'eventType' | 'revision' | 'knownTime' | 'error'>;

async function quarantined(set: ProjectionSet = READ_MODELS): Promise<readonly QuarantinedPlacement[]> {
  const readStore = await openReadStore(database.url);
  try {
    return (await quarantinedOf(set, readStore, { limit: 1_000 })).items;
  } finally {
    await readStore.close();
  }
}

const found = (list: readonly QuarantinedPlacement[]): readonly Found[] =>
  list.map(({ placementId, eventId, eventType, revision, knownTime, error }) => ({
    placementId,
    eventId,
    eventType,
    revision,
    knownTime,
    error,
  }));

/** The log without what was left out. */
function soundLog(log: readonly LoggedEvent[], list: readonly Found[]): readonly LoggedEvent[] {
  const left = new Map(list.map(({ placementId, revision }) => [placementId, revision]));
  const counts = new Map<string, number>();
  return log.filter(({ placementId }) => {
    const revision = counts.get(placementId) ?? 0;
    counts.set(placementId, revision + 1);
    return revision < (left.get(placementId) ?? Infinity);
  });
}

const luck = fc.nat(1_000);
const poisonFor = (log: readonly LoggedEvent[]): fc.Arbitrary<Poison> =>
  fc.oneof(
    fc.subarray([...log], { maxLength: 3 }).map((events) => ({ events: new Set(events.map(({ event }) => event.id)) })),
    luck.map((ofPlacements) => ({ ofPlacements })),
    luck.map((ofChains) => ({ ofChains })),
    fc.record({ ofPlacements: luck, ofChains: luck }),
  );
const poisonedLogs = randomLogs
  .filter((log) => log.length > 0)
  .chain((log) => fc.tuple(fc.constant(log), poisonFor(log), fc.integer({ min: 1, max: 30 })));

test('what throws is left out alike in pages of any size and at once, all else is applied, and a mended fold brings it back', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(poisonedLogs, async ([log, poison, pageEvents]) => {
      const set = poisoned(poison);
      expect(fingerprintOf(set)).toBe(fingerprintOf(READ_MODELS));
      await forget(database.url);
      const { schema } = await loadHistories(set, database.url, [placementsOf(log)]);
      const atOnce = { rows: await rowsIn(database.url, schema), list: found(await quarantined()) };
      count += atOnce.list.length;
      expect(await rowsAtOnce(database.url, soundLog(log, atOnce.list))).toEqual(atOnce.rows);

      const store = await storeOf(log);
      await projectAll(database.url, store, pageEvents, set);
      expect(found(await quarantined())).toEqual(atOnce.list);
      expect(await rowsIn(database.url, 'read_model_1')).toEqual(atOnce.rows);
      const live = await withClient(database.url, (client) => liveGeneration(client, set.name));
      expect(live).toMatchObject({ appliedEvents: log.length, quarantined: atOnce.list.length });

      // Folded again with the same program nothing changes; with a mended one everything is there.
      await projectAll(database.url, store, pageEvents, set);
      expect(found(await quarantined())).toEqual(atOnce.list);
      expect(await rowsIn(database.url, 'read_model_1')).toEqual(atOnce.rows);
      await projectAll(database.url, store, pageEvents);
      expect(await quarantined()).toEqual([]);
      const rows = await rowsIn(database.url, 'read_model_1');
      expect(rows).toEqual(await rowsAtOnce(database.url, log));
    }),
    { numRuns: 10, endOnFailure: true },
  );
  expect(count).toBeGreaterThan(0);
}, 120_000);
