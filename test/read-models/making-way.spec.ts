import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryEventStore, type EventStore } from '@bestendig/event-store';
import { connectForParts, foldPart, rebuild, type RebuildOptions } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { openReadStore } from '@bestendig/read-store';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import { projectAll } from './built-rows';
import { appendTo, someLog, uuidOf } from './random-logs';

/** Enough for four parts. */
const PLACEMENTS = 4_000;
const THREADS = 4;

let database: TestDatabase;
let store: EventStore;
beforeAll(async () => {
  database = await createTestDatabase();
  store = createMemoryEventStore();
  const some = someLog().find(({ event }) => event.type === 'PlacementRegistered')?.event;
  if (some?.type !== 'PlacementRegistered') throw new Error('There is no registration to make others by.');
  await appendTo(
    store,
    Array.from({ length: PLACEMENTS }, (_, index) => {
      const data = { ...some.data, candidateId: uuidOf(`candidate ${index}`) };
      return { placementId: uuidOf(`${index}`), event: { ...some, id: uuidOf(`event ${index}`), data } };
    }),
  );
  await projectAll(database.url, store, 5_000);
});
afterAll(() => database.drop());

/** How many parts were folded at a time, at most. */
async function partsAtOnce(): Promise<number> {
  const clients = await Promise.all(Array.from({ length: THREADS }, () => connectForParts(database.url)));
  const idle = [...clients];
  let most = 0;
  const fold: NonNullable<RebuildOptions['folders']>['fold'] = async (task) => {
    const client = idle.pop();
    if (client === undefined) throw new Error('All are at work.');
    most = Math.max(most, THREADS - idle.length);
    return foldPart({ set: READ_MODELS, store, client }, task).finally(() => idle.push(client));
  };
  const folders = { count: THREADS, fold };
  const result = await rebuild({ set: READ_MODELS, store, databaseUrl: database.url, folders });
  expect(result).toMatchObject({ outcome: 'switched', compared: 'sameAsLive', events: PLACEMENTS });
  await Promise.all(clients.map((client) => client.end()));
  return most;
}

test('while questions are asked half of the threads fold, and all of them when nobody asks; the rows are the same', async () => {
  const readStore = await openReadStore(database.url);
  const stop = new AbortController();
  const asking = (async () => {
    while (!stop.signal.aborted) {
      await readStore.pool.query('select 1');
      await sleep(100);
    }
  })();
  expect(await partsAtOnce()).toBe(THREADS / 2);
  stop.abort();
  await asking;
  await sleep(1_100);
  expect(await partsAtOnce()).toBe(THREADS);
  await readStore.close();
});

test('a part that fails is told at once, also while others wait for quiet', async () => {
  const readStore = await openReadStore(database.url);
  const asking = setInterval(() => void readStore.pool.query('select 1').catch(() => undefined), 100);
  const begun = performance.now();
  const fold = (): Promise<never> => Promise.reject(new Error('The disk is full.'));
  const folders = { count: THREADS, fold };
  await expect(rebuild({ set: READ_MODELS, store, databaseUrl: database.url, folders })).rejects.toThrow('disk is full');
  expect(performance.now() - begun).toBeLessThan(5_000);
  clearInterval(asking);
  await readStore.close();
});
