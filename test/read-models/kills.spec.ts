import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgresEventStore, type EventStore } from '@bestendig/event-store';
import { rebuild, runProjector, statusOf } from '@bestendig/projection-engine';
import { READ_MODELS, resolveCut } from '@bestendig/read-models';
import { openReadStore, ReadStoreError } from '@bestendig/read-store';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import fc from 'fast-check';
import { forget, projectAll, rowsAtOnce, rowsIn, withClient } from './built-rows';
import { appendTo, randomLogsSince, type LoggedEvent } from './random-logs';

let database: TestDatabase;
let store: EventStore;
let log: readonly LoggedEvent[];

beforeAll(async () => {
  database = await createTestDatabase();
  store = await openPostgresEventStore({ databaseUrl: database.url, maxConnections: 4 });
  const drawn = fc
    .sample(randomLogsSince('2026-02-01T12:00:00.000000Z'), { seed: 20, numRuns: 15 })
    .flatMap((events, index) => events.map((event) => renamed(event, index)));
  log = await appended(drawn);
}, 120_000);
afterAll(async () => {
  await store.close();
  await database.drop();
});
beforeEach(() => forget(database.url));

/** Ids of the drawn logs repeat: each log gets its own. */
function renamed(logged: LoggedEvent, index: number): LoggedEvent {
  const text = JSON.stringify(logged).replaceAll('-4000-8000-', `-4${String(index).padStart(3, '0')}-8000-`);
  return JSON.parse(text) as LoggedEvent;
}

/** Appends in groups that share a known time, and gives the log with the known times that the store gave. */
async function appended(drawn: readonly LoggedEvent[]): Promise<readonly LoggedEvent[]> {
  for (let index = 0; index < drawn.length; index += 40) await appendTo(store, drawn.slice(index, index + 40));
  const known: LoggedEvent[] = [];
  const byId = new Map(drawn.map((logged) => [`placement-${logged.placementId} ${logged.event.id}`, logged]));
  for (
    let from = null, page = await store.readAll(from, { limit: 10_000 });
    page.next !== null;
    page = await store.readAll(page.next, { limit: 10_000 })
  ) {
    for (const { stream, id, knownTime } of page.events) {
      const logged = byId.get(`${stream} ${id}`);
      if (logged !== undefined) known.push({ ...logged, event: { ...logged.event, recordedAt: knownTime } });
    }
  }
  expect(known).toHaveLength(drawn.length);
  return known;
}

test('connections cut in the middle of pages lose and double nothing', async () => {
  const expected = await rowsAtOnce(database.url, log);
  const done = new AbortController();
  const retries: unknown[] = [];
  let pages = 0;
  const projecting = runProjector({
    set: READ_MODELS,
    store,
    databaseUrl: database.url,
    pageEvents: 25,
    signal: done.signal,
    onRetry: (error) => retries.push(error),
    onProgress: ({ appliedEvents }) => {
      pages += 1;
      // It dies while one of the next pages is read, folded or written.
      if (pages % 4 === 0) void sleep(pages % 7).then(cutProjectors);
      if (appliedEvents === log.length) done.abort();
    },
  });
  await projecting;
  expect(retries.length).toBeGreaterThan(0);
  expect(await rowsIn(database.url, 'read_model_1')).toEqual(expected);
});

test('of two projectors one works; when it goes the other takes over; nothing is applied twice', async () => {
  const expected = await rowsAtOnce(database.url, log);
  const [first, second] = [new AbortController(), new AbortController()];
  const half = log.length / 2;
  const applied: [string, number][] = [];
  const project = (name: string, own: AbortController, until: number): Promise<void> =>
    runProjector({
      set: READ_MODELS,
      store,
      databaseUrl: database.url,
      pageEvents: 20,
      signal: own.signal,
      onProgress: ({ appliedEvents }) => {
        applied.push([name, appliedEvents]);
        if (appliedEvents >= until) own.abort();
      },
    });
  const one = project('first', first, half);
  await sleep(200);
  await Promise.all([one, project('second', second, log.length)]);
  expect(applied.map(([name]) => name)).toEqual(applied.map(([name]) => name).sort());
  expect(applied.map(([, events]) => events)).toEqual(
    [...new Set(applied.map(([, events]) => events))].sort((a, b) => a - b),
  );
  expect(new Set(applied.map(([name]) => name)).size).toBe(2);
  expect(await rowsIn(database.url, 'read_model_1')).toEqual(expected);
});

test('a projector that was taken over gives up its page and waits for its turn', async () => {
  const expected = await rowsAtOnce(database.url, log);
  const done = new AbortController();
  const retries: unknown[] = [];
  let pages = 0;
  await runProjector({
    set: READ_MODELS,
    store,
    databaseUrl: database.url,
    pageEvents: 40,
    signal: done.signal,
    onRetry: (error) => retries.push(error),
    onProgress: ({ appliedEvents }) => {
      pages += 1;
      if (pages === 3)
        void withClient(database.url, (client) =>
          client.query('update read_store.projection_set set owner_epoch = owner_epoch + 1'),
        );
      if (appliedEvents === log.length) done.abort();
    },
  });
  expect(retries).toEqual([expect.objectContaining({ code: 'fenced' })]);
  expect(await rowsIn(database.url, 'read_model_1')).toEqual(expected);
});

test('a rebuild beside a projector that goes on gives the rows that live has, is switched to, and the one before is kept', async () => {
  const expected = await rowsAtOnce(database.url, log);
  const done = new AbortController();
  const projecting = runProjector({
    set: READ_MODELS,
    store,
    databaseUrl: database.url,
    pageEvents: 15,
    signal: done.signal,
  });
  const steps = new Set<string>();
  await sleep(150);
  const result = await rebuild({
    set: READ_MODELS,
    store,
    databaseUrl: database.url,
    pageEvents: 70,
    onProgress: ({ step }) => void steps.add(step),
  });
  expect(result).toMatchObject({ outcome: 'switched', schema: 'read_model_2', compared: 'sameAsLive' });
  expect([...steps]).toEqual(expect.arrayContaining(['index', 'verify']));
  await applied(log.length);
  done.abort();
  await projecting;
  expect(await rowsIn(database.url, 'read_model_2')).toEqual(expected);
  const readStore = await openReadStore(database.url);
  expect((await statusOf(READ_MODELS, readStore, store)).map(({ state, schema }) => `${state} ${schema}`)).toEqual([
    'live read_model_2',
    'kept read_model_1',
  ]);
  await readStore.close();
});

test('live is compared at one point however quickly it moves on', async () => {
  const done = new AbortController();
  const busy = await createTestDatabase();
  const other = await openPostgresEventStore({ databaseUrl: busy.url, maxConnections: 4 });
  const where = { set: READ_MODELS, store: other, databaseUrl: busy.url };
  const projecting = runProjector({ ...where, pageEvents: 5, signal: done.signal });
  const recording = (async () => {
    for (let index = 0; index < log.length && !done.signal.aborted; index += 1)
      await appendTo(other, log.slice(index, index + 1));
  })();
  await sleep(300);
  for (let round = 0; round < 8; round += 1)
    expect(await rebuild({ ...where, onlyVerify: true })).toMatchObject({ outcome: 'verified', differences: [] });
  done.abort();
  await Promise.all([projecting, recording]);
  await other.close();
  await busy.drop();
});

test('a rebuild that is stopped or killed goes on where it was', async () => {
  await projectAll(database.url, store, 500);
  const stop = new AbortController();
  const stopped = await rebuild({
    set: READ_MODELS,
    store,
    databaseUrl: database.url,
    pageEvents: 30,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  expect(stopped).toEqual({ outcome: 'givenUp' });
  const killed = rebuild({
    set: READ_MODELS,
    store,
    databaseUrl: database.url,
    pageEvents: 30,
    onProgress: ({ events }) => {
      if (events >= 100) void killRebuild();
    },
  });
  await expect(killed).rejects.toThrow();
  const events: number[] = [];
  const result = await rebuild({
    set: READ_MODELS,
    store,
    databaseUrl: database.url,
    pageEvents: 50,
    onProgress: (progress) => events.push(progress.events),
  });
  expect(events[0]).toBeGreaterThan(50);
  expect(result).toMatchObject({
    outcome: 'switched',
    schema: 'read_model_2',
    compared: 'sameAsLive',
    events: log.length,
  });
  expect(await rowsIn(database.url, 'read_model_2')).toEqual(await rowsIn(database.url, 'read_model_1'));
});

test('a rebuild that finds live otherwise switches nothing, says so, and begins anew next time', async () => {
  await projectAll(database.url, store, 500);
  await withClient(database.url, (client) =>
    client.query(
      `update read_model_1.spell set contracts = contracts + 1 where ctid = (select min(ctid) from read_model_1.spell)`,
    ),
  );
  await expect(rebuild({ set: READ_MODELS, store, databaseUrl: database.url })).rejects.toMatchObject({
    name: ReadStoreError.name,
    code: 'checksumDiffers',
  });
  const readStore = await openReadStore(database.url);
  expect((await statusOf(READ_MODELS, readStore, store)).map(({ state, schema }) => `${state} ${schema}`)).toEqual([
    'live read_model_1',
  ]);
  await readStore.close();
});

test('what another version built is not answered from, and is made anew when a projector starts', async () => {
  await projectAll(database.url, store, 500);
  await withClient(database.url, (client) =>
    client.query(`update read_store.generation set fingerprint = 'of another version'`),
  );
  const readStore = await openReadStore(database.url);
  await expect(resolveCut(readStore, store)).rejects.toMatchObject({ code: 'notReady' });
  await projectAll(database.url, store, 500);
  expect((await resolveCut(readStore, store)).generation).toMatchObject({
    schema: 'read_model_2',
    appliedEvents: log.length,
  });
  await readStore.close();
  expect(await rowsIn(database.url, 'read_model_2')).toEqual(await rowsIn(database.url, 'read_model_1'));
});

test('only one rebuild runs at a time', async () => {
  await projectAll(database.url, store, 500);
  const results = await Promise.allSettled([
    rebuild({ set: READ_MODELS, store, databaseUrl: database.url }),
    rebuild({ set: READ_MODELS, store, databaseUrl: database.url }),
  ]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'rebuildRunning' } });
});

function cutProjectors(): Promise<unknown> {
  return withClient(database.url, (client) =>
    client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bestendig projector' and datname = current_database()`,
    ),
  );
}

/** Ends the rebuild's connection, as a kill would. */
function killRebuild(): Promise<unknown> {
  return withClient(database.url, (client) =>
    client.query(
      `select pg_terminate_backend(a.pid) from pg_stat_activity a join pg_locks l using (pid)
       where l.locktype = 'advisory' and l.granted and a.datname = current_database()`,
    ),
  );
}

async function applied(events: number): Promise<void> {
  const readStore = await openReadStore(database.url);
  while (((await statusOf(READ_MODELS, readStore, store))[0]?.appliedEvents ?? 0) < events) await sleep(50);
  await readStore.close();
}
