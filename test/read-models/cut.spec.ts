import { setTimeout as sleep } from 'node:timers/promises';
import {
  BEGINNING_OF_TIME,
  createMemoryEventStore,
  instantOf,
  type EventStore,
  type Position,
} from '@bestendig/event-store';
import { caughtUpTo, resolveCut } from '@bestendig/read-models';
import { openReadStore, type ReadStore } from '@bestendig/read-store';
import { createTestDatabase, registered, signed, type TestDatabase } from '@bestendig/testing';
import type { Fact } from '@bestendig/placement-domain';
import { forget, projectAll } from './built-rows';
import { appendTo, uuidOf } from './random-logs';

let database: TestDatabase;
let readStore: ReadStore;
let store: EventStore;
let now: bigint;
let told: number;

const START = 1_780_000_000_000_000n;
beforeAll(async () => void (database = await createTestDatabase()));
afterAll(() => database.drop());
beforeEach(async () => {
  await forget(database.url);
  readStore = await openReadStore(database.url);
  [now, told] = [START, 0];
  store = createMemoryEventStore({ clock: () => now });
});
afterEach(() => readStore.close());

/** Facts recorded together at the clock's moment, each of a placement of its own. Gives the last one's position. */
async function record(...facts: readonly Fact[]): Promise<Position> {
  await appendTo(
    store,
    facts.map((fact) => {
      const id = uuidOf(`fact ${(told += 1)}`);
      return {
        placementId: uuidOf(`placement ${told}`),
        event: { ...fact, id, recordedAt: '', reportedAt: null, source: 'urn:test', messageId: id, byPerson: false },
      };
    }),
  );
  return (await store.headPosition()) ?? '';
}

/** Applies `pages` pages of `events` events, and no more. */
async function apply(pages: number, events: number): Promise<void> {
  const limited: EventStore = {
    ...bound(store),
    subscribe: (from, options) => firstPages(store.subscribe(from, { ...options, limit: events }), pages),
  };
  await projectAll(database.url, limited, events);
}

test('nothing is live before the first projector ran', async () => {
  await expect(resolveCut(readStore, store)).rejects.toMatchObject({ code: 'notReady' });
});

test('an empty log is cut before everything', async () => {
  await projectAll(database.url, store, 10);
  expect((await resolveCut(readStore, store)).knownAt).toBe(BEGINNING_OF_TIME);
});

test('by default the last event applied, once nothing more can be recorded at its moment', async () => {
  await record(registered(), signed('2026-01-01'));
  const recordedAt = instantOf(now);
  await projectAll(database.url, store, 10);
  now += 1_000_000n;
  expect((await resolveCut(readStore, store)).knownAt).toBe(recordedAt);
});

test('a page that ends within a group of one known time is cut before the group', async () => {
  await record(registered());
  const before = instantOf(now);
  now += 1_000_000n;
  const position = await record(registered(), registered(), registered());
  const group = instantOf(now);
  now += 1_000_000n;
  await apply(1, 2);
  expect((await resolveCut(readStore, store)).knownAt).toBe(before);
  await expect(resolveCut(readStore, store, { knownAt: before })).resolves.toMatchObject({ knownAt: before });
  const waiting = resolveCut(readStore, store, { minPosition: position, waitMs: 5_000 });
  await sleep(100);
  await projectAll(database.url, store, 10);
  expect((await waiting).knownAt).toBe(group);
});

test('a moment that can be known is answered, one to come is not, unless it comes within the wait', async () => {
  await record(registered());
  await projectAll(database.url, store, 10);
  now += 5_000_000n;
  const past = instantOf(now - 1_000_000n);
  const future = instantOf(now + 1_000_000n);
  expect((await resolveCut(readStore, store, { knownAt: past })).knownAt).toBe(past);
  await expect(resolveCut(readStore, store, { knownAt: future })).rejects.toMatchObject({ code: 'notYetKnown' });
  await expect(resolveCut(readStore, store, { knownAt: future, waitMs: 60 })).rejects.toMatchObject({
    code: 'notYetKnown',
  });
  const waiting = resolveCut(readStore, store, { knownAt: future, waitMs: 5_000 });
  await sleep(50);
  now += 2_000_000n;
  expect((await waiting).knownAt).toBe(future);
});

test('what was written can be waited for', async () => {
  await record(registered());
  await projectAll(database.url, store, 10);
  now += 1_000_000n;
  const position = await record(registered());
  expect(await caughtUpTo(readStore, store, position, 50)).toBe(false);
  await expect(resolveCut(readStore, store, { minPosition: position, waitMs: 50 })).rejects.toMatchObject({
    code: 'timeout',
  });
  const waiting = resolveCut(readStore, store, { minPosition: position, waitMs: 5_000 });
  await projectAll(database.url, store, 10);
  expect((await waiting).knownAt).toBe(instantOf(now));
  expect(await caughtUpTo(readStore, store, position, 50)).toBe(true);
});

async function* firstPages<Page>(
  pages: AsyncIterable<Page & { readonly atHead: boolean }>,
  count: number,
): AsyncGenerator<Page & { readonly atHead: boolean }> {
  let given = 0;
  for await (const page of pages) {
    given += 1;
    yield given === count ? { ...page, atHead: true } : page;
    if (given === count) return;
  }
}

/** The store's methods as plain properties, so that one can be replaced. */
function bound(inner: EventStore): EventStore {
  return {
    append: (writes, options) => inner.append(writes, options),
    readStream: (stream, options) => inner.readStream(stream, options),
    readStreams: (streams) => inner.readStreams(streams),
    streamsOf: (category, after, limit) => inner.streamsOf(category, after, limit),
    readAll: (from, options) => inner.readAll(from, options),
    subscribe: (from, options) => inner.subscribe(from, options),
    readRaw: (from, limit) => inner.readRaw(from, limit),
    headPosition: () => inner.headPosition(),
    comparePositions: (a, b) => inner.comparePositions(a, b),
    settledThrough: () => inner.settledThrough(),
    restore: (events, options) => inner.restore(events, options),
    beginAsReported: (run) => inner.beginAsReported(run),
    endAsReported: (run, how) => inner.endAsReported(run, how),
    close: () => inner.close(),
  };
}
