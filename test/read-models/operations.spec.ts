import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@bestendig/event-store';
import {
  cancelRebuild,
  estimateRebuild,
  foldPart,
  rebuild,
  rollBack,
  runProjector,
  statusOf,
  type ProjectionSet,
} from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { openReadStore } from '@bestendig/read-store';
import { connect } from '@bestendig/postgres';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import { forget, projectAll, rowsAtOnce, rowsIn, withClient } from './built-rows';
import { poisoned } from './poisoned-set';
import { appendTo, someLog, storeOf, type LoggedEvent } from './random-logs';

let database: TestDatabase;
let log: readonly LoggedEvent[];
let store: EventStore;

beforeAll(async () => {
  database = await createTestDatabase();
  log = someLog();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await forget(database.url);
  store = await storeOf(log.slice(0, -10));
});

const options = (set: ProjectionSet = READ_MODELS) => ({ set, store, databaseUrl: database.url });

/** The same tables by another name for what they mean: another version. */
const OTHER_VERSION: ProjectionSet = { ...READ_MODELS, definitions: 'of another version' };

async function builds(): Promise<readonly string[]> {
  const readStore = await openReadStore(database.url);
  try {
    const all = await statusOf(READ_MODELS, readStore, store);
    return all.map(({ state, schema, appliedEvents }) => `${state} ${schema} ${appliedEvents}`);
  } finally {
    await readStore.close();
  }
}

test('the build before is gone back to, once it holds what live holds', async () => {
  await projectAll(database.url, store, 500);
  await expect(rollBack(options())).rejects.toMatchObject({ code: 'nothingToGoBackTo' });
  await rebuild(options());
  await appendTo(store, log.slice(-10));
  await projectAll(database.url, store, 500);
  expect(await builds()).toEqual([`live read_model_2 ${log.length}`, `kept read_model_1 ${log.length - 10}`]);
  await rollBack(options());
  expect(await builds()).toEqual([`live read_model_1 ${log.length}`, `kept read_model_2 ${log.length}`]);
  expect(await rowsIn(database.url, 'read_model_1')).toEqual(await rowsIn(database.url, 'read_model_2'));
});

test('another version is not gone back to by this one; started again it finds its own build', async () => {
  await projectAll(database.url, store, 500);
  await projectAll(database.url, store, 500, OTHER_VERSION);
  expect(await builds()).toEqual([`live read_model_2 ${log.length - 10}`, `kept read_model_1 ${log.length - 10}`]);
  await expect(rollBack(options(OTHER_VERSION))).rejects.toMatchObject({ code: 'nothingToGoBackTo' });
  await appendTo(store, log.slice(-10));
  await projectAll(database.url, store, 500);
  expect((await builds())[0]).toBe(`live read_model_1 ${log.length}`);
  expect(await rowsIn(database.url, 'read_model_1')).toEqual(await rowsAtOnceOfStore());
});

async function rowsAtOnceOfStore(): ReturnType<typeof rowsIn> {
  const { events } = await store.readAll(null, { limit: 10_000 });
  const known = new Map(events.map(({ id, knownTime }) => [id, knownTime]));
  const rows = rowsIn(database.url, 'read_model_1');
  await rows;
  return rowsAtOnce(
    database.url,
    log.map(({ placementId, event }) => ({ placementId, event: { ...event, recordedAt: known.get(event.id) ?? '' } })),
  );
}

test('to verify is to rebuild and compare, and leaves live and nothing else', async () => {
  await projectAll(database.url, store, 500);
  await rebuild(options());
  const before = await builds();
  expect(before).toHaveLength(2);
  expect(await rebuild({ ...options(), onlyVerify: true })).toMatchObject({ outcome: 'verified', compared: 'sameAsLive', differences: [] }); // prettier-ignore
  expect(await builds()).toEqual(before);
  await withClient(database.url, (client) => client.query(`delete from read_model_2.chain where ctid = (select min(ctid) from read_model_2.chain)`)); // prettier-ignore
  await expect(rebuild({ ...options(), onlyVerify: true })).rejects.toMatchObject({
    code: 'checksumDiffers',
    message: expect.stringMatching(/chain: \d+ rows live, \d+ rebuilt, 1 of 64 parts differ, e\.g\. [0-9a-f-]{36}/),
  });
  expect(await builds()).toEqual(before);
});

test('live that differs is replaced when somebody approves, with what differed', async () => {
  await projectAll(database.url, store, 500);
  const right = await rowsIn(database.url, 'read_model_1');
  await withClient(database.url, (client) => client.query('delete from read_model_1.spell'));
  await expect(rebuild(options())).rejects.toMatchObject({ code: 'checksumDiffers' });
  expect(await rebuild({ ...options(), approve: true })).toMatchObject({
    outcome: 'switched',
    compared: 'otherThanLive',
    differences: [{ table: 'spell', liveRows: 0, builtRows: right['spell']?.length }],
  });
  expect(await rowsIn(database.url, 'read_model_3')).toEqual(right);
});

test('a fold that was changed without a new version is caught at start, and told what to do about it', async () => {
  await projectAll(database.url, store, 500);
  await projectAll(database.url, store, 500);
  const [first, ...others] = READ_MODELS.ofPlacements;
  if (first === undefined) throw new Error('There are projections.');
  const collect: typeof first.collect = (id, states, changes) => first.collect(id, states.slice(0, 1), changes);
  const changed: ProjectionSet = { ...READ_MODELS, ofPlacements: [{ ...first, collect }, ...others] };
  await expect(projectAll(database.url, store, 500, changed)).rejects.toMatchObject({
    code: 'foldChanged',
    message: expect.stringMatching(/\(placement\).*new version.*rebuild -- --verify/),
  });
});

test('a rebuild that runs is cancelled, one that was left is removed, and live is as it was', async () => {
  await projectAll(database.url, store, 500);
  const before = await builds();
  expect(await cancelRebuild(options())).toBe(false);
  const client = await connect({ databaseUrl: database.url, name: 'test' });
  const slowly = async (task: Parameters<typeof foldPart>[1]): ReturnType<typeof foldPart> => {
    const done = await foldPart({ set: READ_MODELS, store, client }, task);
    await sleep(500);
    return done;
  };
  const running = rebuild({ ...options(), folders: { count: 1, fold: slowly } });
  running.catch(() => undefined);
  while (!(await builds()).some((build) => build.startsWith('building'))) await sleep(20);
  expect(await cancelRebuild(options())).toBe(true);
  await expect(running).rejects.toMatchObject({ code: 'rebuildCancelled' });
  await client.end();
  expect(await builds()).toEqual(before);

  const stop = new AbortController();
  await rebuild({ ...options(), signal: stop.signal, onProgress: () => stop.abort() });
  expect(await builds()).toHaveLength(2);
  expect(await cancelRebuild(options())).toBe(true);
  expect(await builds()).toEqual(before);
});

test.each(['index', 'verify'] as const)(
  'cancelled at its last steps (%s), there is one live build whatever came first',
  async (at) => {
    await projectAll(database.url, store, 500);
    const cancelling: Promise<boolean>[] = [];
    const running = rebuild({
      ...options(),
      onProgress: ({ step }) => {
        if (step === at && cancelling.length === 0) cancelling.push(cancelRebuild(options()));
      },
    });
    await running.catch((error: unknown) => expect(error).toMatchObject({ code: 'rebuildCancelled' }));
    await Promise.all(cancelling);
    expect((await builds()).filter((build) => build.startsWith('live'))).toHaveLength(1);
    expect((await builds()).filter((build) => build.startsWith('building'))).toEqual([]);
    await rebuild(options());
  },
);

test('a part that is done is not folded again', async () => {
  await projectAll(database.url, store, 500);
  const client = await connect({ databaseUrl: database.url, name: 'test' });
  const where = { set: READ_MODELS, store, client };
  const twice = async (task: Parameters<typeof foldPart>[1]): ReturnType<typeof foldPart> => {
    const done = await foldPart(where, task);
    expect(await foldPart(where, task)).toEqual(done);
    return done;
  };
  expect(await rebuild({ ...options(), folders: { count: 1, fold: twice } })).toMatchObject({ compared: 'sameAsLive' });
  await client.end();
});

test('a build that is further than live is compared where both are', async () => {
  const stop = new AbortController();
  await rebuild({ ...options(), signal: stop.signal, onProgress: ({ step }) => (step === 'index' ? stop.abort() : undefined) }); // prettier-ignore
  const first = new AbortController();
  await runProjector({ ...options(), pageEvents: 10, signal: first.signal, onProgress: () => first.abort() });
  expect(await rebuild(options())).toMatchObject({ outcome: 'switched', compared: 'sameAsLive' });
});

test('the time zone of a database changes nothing', async () => {
  const elsewhere = await createTestDatabase();
  const name = new URL(elsewhere.url).pathname.slice(1);
  await withClient(elsewhere.url, (client) => client.query(`alter database "${name}" set timezone to 'Asia/Tokyo'`));
  await projectAll(elsewhere.url, store, 500);
  expect(await rebuild({ ...options(), databaseUrl: elsewhere.url })).toMatchObject({ compared: 'sameAsLive' });
  await elsewhere.drop();
});

test('tables that somebody still reads go later, and hold nothing up', async () => {
  await projectAll(database.url, store, 500);
  await rebuild(options());
  const reader = await connect({ databaseUrl: database.url, name: 'reader' });
  await reader.query('begin');
  await reader.query('select from read_model_1.placement');
  await rebuild(options());
  expect((await builds())[0]).toMatch(/^live read_model_3/);
  expect(await schemas()).toEqual(['read_model_1', 'read_model_2', 'read_model_3']);
  await reader.end();
  await rebuild(options());
  expect(await schemas()).toEqual(['read_model_3', 'read_model_4']);
});

async function schemas(): Promise<readonly string[]> {
  const { rows } = await withClient(database.url, (client) =>
    client.query<{ name: string }>(
      `select nspname as name from pg_namespace where nspname ~ '^read_model_[0-9]' order by 1`,
    ),
  );
  return rows.map(({ name }) => name);
}

test('a rebuild leaves out what live leaves out, and says so', async () => {
  const target = log[20]?.event.id ?? '';
  await projectAll(database.url, store, 30, poisoned({ events: new Set([target]) }));
  expect(await rebuild(options(poisoned({ events: new Set([target]) })))).toMatchObject({
    outcome: 'switched',
    compared: 'sameAsLive',
  });
  const readStore = await openReadStore(database.url);
  const { rows } = await readStore.pool.query('select generation, event_id as "eventId" from read_store.quarantine order by 1'); // prettier-ignore
  await readStore.close();
  expect(rows).toEqual([1, 2].map((generation) => ({ generation, eventId: target })));
});

test('an estimate says what there is to do and stores nothing', async () => {
  await projectAll(database.url, store, 500);
  const before = await builds();
  const estimate = await estimateRebuild(options());
  expect(estimate).toMatchObject({ events: log.length - 10, placements: new Set(log.slice(0, -10).map(({ placementId }) => placementId)).size }); // prettier-ignore
  expect(estimate.eventsPerSecond).toBeGreaterThan(0);
  expect(await builds()).toEqual(before);
});
