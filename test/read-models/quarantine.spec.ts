import { setTimeout as sleep } from 'node:timers/promises';
import {
  fingerprintOf,
  loadHistories,
  quarantinedOf,
  rebuild,
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
    fc.subarray([...log], { maxLength: Math.min(3, log.length) }).map((events) => ({ events: new Set(events.map(({ event }) => event.id)) })),
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

      // A rebuild finds the same by itself, and switches.
      const rebuilt = await rebuild({ set, store, databaseUrl: database.url });
      expect(rebuilt).toMatchObject({ outcome: 'switched', compared: 'sameAsLive' });
      expect(found(await quarantined())).toEqual(atOnce.list);

      // Folded again with the same program nothing changes; with a mended one everything is there.
      await projectAll(database.url, store, pageEvents, set);
      expect(found(await quarantined())).toEqual(atOnce.list);
      expect(await rowsIn(database.url, 'read_model_2')).toEqual(atOnce.rows);
      await projectAll(database.url, store, pageEvents);
      expect(await quarantined()).toEqual([]);
      const rows = await rowsIn(database.url, 'read_model_2');
      expect(rows).toEqual(await rowsAtOnce(database.url, log));
    }),
    { numRuns: 10, endOnFailure: true },
  );
  expect(count).toBeGreaterThan(0);
}, 120_000);

const [PERSON, FIRST, SECOND, OTHER] = ['person', 'first', 'second', 'other'].map(uuidOf) as [
  string,
  string,
  string,
  string,
];
const registration = (candidateId: string): Fact => registered({ candidateId, employerId: 'kvk:10000001' });

/** An event recorded on a day of May 2024, with an id of its own. */
function at(day: number, placementId: string, told: Fact, name = `${placementId} ${day} ${told.type}`): LoggedEvent {
  const [id, recordedAt] = [uuidOf(name), `2024-05-0${day}T12:00:00.000000Z`];
  const envelope = { id, recordedAt, reportedAt: recordedAt, source: 'urn:test', messageId: id, byPerson: false };
  return { placementId, event: { ...told, ...envelope } };
}

const hours = (day: number, placementId: string, hoursPerWeek: number): LoggedEvent =>
  at(day, placementId, fact('HoursChanged', { effectiveDate: '2024-02-01', hoursPerWeek }));
const poison = hours(2, FIRST, 20);
const told = [
  at(1, FIRST, registration(PERSON)),
  at(1, FIRST, signed('2024-01-15')),
  at(1, OTHER, registration(uuidOf('another person'))),
  poison,
  hours(3, OTHER, 12),
];

test('what follows the event that throws neither shows nor throws; waits grow', async () => {
  const set = poisoned({ events: new Set([poison.event.id]) });
  const store = await storeOf(told);
  await projectAll(database.url, store, 2, set);
  const [before] = await quarantined();
  expect(before).toMatchObject({
    placementId: FIRST,
    eventId: poison.event.id,
    eventType: 'HoursChanged',
    revision: 2,
    knownTime: poison.event.recordedAt,
    error: `TypeError: poison ${poison.event.id}`,
    attempts: 0,
  });
  await appendTo(store, [hours(4, FIRST, 30), hours(4, OTHER, 24)]);
  await projectAll(database.url, store, 1, set);
  const [after, ...more] = await quarantined();
  expect(more).toEqual([]);
  expect(after).toMatchObject({ ...before, attempts: 1, retryAt: expect.any(String) as string });
  expect(Date.parse(after?.retryAt ?? '') - Date.now()).toBeGreaterThan(60_000);
  const { placement } = await rowsIn(database.url, 'read_model_1');
  expect(placement?.filter((row) => row.includes(FIRST))).toHaveLength(1);
  expect(placement?.filter((row) => row.includes(OTHER))).toHaveLength(3);
});

test('of two placements that throw together, the one whose event came last is left out from that event on', async () => {
  const second = at(2, SECOND, registration(PERSON));
  const log = [...told.slice(0, 2), second, at(3, SECOND, signed('2024-03-01')), hours(4, FIRST, 16)];
  const set: ProjectionSet = {
    ...READ_MODELS,
    ofChains: READ_MODELS.ofChains.map((projection) => ({
      ...projection,
      collect: (states, changes) => {
        if (states.some(({ chains }) => chains.length > 1)) throw new Error('x'.repeat(1_000));
        projection.collect(states, changes);
      },
    })),
  };
  for (const pageEvents of [1, 2, 100]) {
    await forget(database.url);
    await projectAll(database.url, await storeOf(log), pageEvents, set);
    expect(found(await quarantined())).toEqual([
      {
        placementId: SECOND,
        eventId: log[3]?.event.id,
        eventType: 'ContractSigned',
        revision: 1,
        knownTime: log[3]?.event.recordedAt,
        error: `Error: ${'x'.repeat(493)}`,
      },
    ]);
    expect(await rowsIn(database.url, 'read_model_1')).toEqual(
      await rowsAtOnce(
        database.url,
        log.filter((_, index) => index !== 3),
      ),
    );
  }
});

test('a person may have it folded again at once', async () => {
  let isMended = false;
  const set = poisoned({ events: new Set([poison.event.id]) }, () => isMended);
  const [store, readStore] = [await storeOf(told), await openReadStore(database.url)];
  const done = new AbortController();
  const projecting = runProjector({ set, store, databaseUrl: database.url, signal: done.signal });
  const until = async (count: number): Promise<void> => {
    for (;;) {
      const live = await liveGeneration(readStore.pool, set.name);
      if (live?.appliedEvents === told.length && live.quarantined === count) return;
      await sleep(20);
    }
  };
  await until(1);
  isMended = true;
  expect(await redrive(set, readStore, [OTHER])).toBe(0);
  expect(await redrive(set, readStore, [OTHER, FIRST])).toBe(1);
  await until(0);
  done.abort();
  await projecting;
  await readStore.close();
  const rows = await rowsIn(database.url, 'read_model_1');
  expect(rows).toEqual(await rowsAtOnce(database.url, told));
});

test('what throws for a reason that is not in the events stops the projector', async () => {
  let isFirst = true;
  const [one, ...others] = READ_MODELS.ofPlacements;
  if (one === undefined) throw new Error('The read models have no projections.');
  const collect: typeof one.collect = (...told) => {
    if (isFirst) {
      isFirst = false;
      throw new Error('out of memory');
    }
    one.collect(...told);
  };
  const set: ProjectionSet = { ...READ_MODELS, ofPlacements: [{ ...one, collect }, ...others] };
  await expect(projectAll(database.url, await storeOf(told), 10, set)).rejects.toThrow('out of memory');
  expect(await quarantined()).toEqual([]);
});
