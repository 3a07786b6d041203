import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import { AppendQueue } from '../append-queue';
import { EventStoreError, type EventStore } from '../port';
import { prepareWrites } from '../sealing';
import { ConnectionCutter } from '../testing/connection-cutter';
import { newEvent, newEvents, newStream, readToEnd } from '../testing/kit';
import { connect, runSql } from '../testing/postgres-kit';
import { DEFAULT_LOCK_LIMITS } from './connection';
import { GroupCommit } from './group-commit';
import { LogLock, NOTHING_ASKED } from './log-lock';
import { LogReader } from './log-reader';
import { openPostgresEventStore } from './postgres-store';

let database: TestDatabase;
const stores: EventStore[] = [];
const open = async (options: Partial<Parameters<typeof openPostgresEventStore>[0]> = {}): Promise<EventStore> => {
  const store = await openPostgresEventStore({ databaseUrl: database.url, ...options });
  stores.push(store);
  return store;
};
beforeEach(async () => void (database = await createTestDatabase()));
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await database.drop();
});

const APPENDERS = `application_name = 'bestendig event store (append)' and datname = current_database()`;
const oneEvent = () => ({ stream: newStream(), expected: 'NO_STREAM' as const, events: [newEvent()] });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function holdLock() {
  const client = await connect(database.url);
  await client.query('begin; select from event_store.head for update');
  return async (): Promise<void> => {
    await client.query('rollback');
    await client.end();
  };
}

test('any number of processes may open a new database at once', async () => {
  const opened = await Promise.all(Array.from({ length: 6 }, () => open()));
  await Promise.all(opened.map((store) => store.append([oneEvent()])));
  expect(await readToEnd(await open())).toHaveLength(6);
});

test('an append whose backend is killed while it waits for the lock is tried once more, and kept once', async () => {
  const store = await open();
  await store.append([oneEvent()]);
  const letGo = await holdLock();
  const write = oneEvent();
  const appending = store.append([write]);
  await pause(100);
  await runSql(database.url, `select pg_terminate_backend(pid) from pg_stat_activity where ${APPENDERS}`);
  await letGo();
  expect(await appending).toMatchObject([{ outcome: 'appended', events: [{ existing: false }] }]);
  expect(await store.readStream(write.stream)).toHaveLength(1);
});

test('an append whose backend is killed twice is refused with a code, and kept at most once when it is sent again', async () => {
  const store = await open();
  const letGo = await holdLock();
  const write = oneEvent();
  const appending = store.append([write]).catch((error: unknown) => error);
  for (let kill = 0; kill < 2; kill++) {
    await pause(150);
    await runSql(database.url, `select pg_terminate_backend(pid) from pg_stat_activity where ${APPENDERS}`);
  }
  expect(await appending).toMatchObject({ code: 'unavailable' });
  await letGo();
  expect(await store.append([write])).toMatchObject([{ outcome: 'appended' }]);
});

test('where the answer to the commit is lost, the append is known as its own work, not as a delivery before it', async () => {
  const cutter = await ConnectionCutter.before(database.url);
  const store = await open({ databaseUrl: cutter.url });
  const there = oneEvent();
  await store.append([there]);
  cutter.loseNextCommits(1);
  const write = oneEvent();
  const results = await store.append([write, there, { ...there, events: [...there.events, newEvent()], expected: 0 }]);
  expect(cutter.commitsLost).toBe(1);
  expect(results).toMatchObject([
    { outcome: 'appended', revision: 0, events: [{ existing: false }] },
    { outcome: 'alreadyThere', events: [{ existing: true }] },
    { outcome: 'appended', events: [{ existing: true }, { existing: false }] },
  ]);
  expect(await store.readRaw(null, 10)).toHaveLength(3);
  cutter.close();
});

test('a lock that is not given in time is a coded refusal; readers do not wait for it', async () => {
  const store = await open({ lockLimits: { lockTimeoutMs: 200, idleInTransactionMs: 1_000 } });
  await store.append([oneEvent()]);
  const letGo = await holdLock();
  await expect(store.append([oneEvent()])).rejects.toMatchObject({ code: 'unavailable' });
  await expect(store.settledThrough()).rejects.toMatchObject({ code: 'unavailable' });
  expect(await readToEnd(store)).toHaveLength(1);
  await letGo();
  expect(await store.append([oneEvent()])).toMatchObject([{ outcome: 'appended' }]);
});

test('a process that freezes while it holds the lock loses it, and others go on', async () => {
  const store = await open();
  const frozen = new LogLock(database.url, { lockTimeoutMs: 1_000, idleInTransactionMs: 200 });
  const holding = frozen.withLock(NOTHING_ASKED, async () => {
    await pause(600);
    return { result: 'thawed', statements: [] };
  });
  const refused = expect(holding).rejects.toThrow();
  await pause(50);
  expect(await store.append([oneEvent()])).toMatchObject([{ outcome: 'appended' }]);
  await refused;
  expect(await frozen.withLock(NOTHING_ASKED, (log) => ({ result: log.end.position, statements: [] }))).toBe(1);
  await frozen.close();
});

test('an append that fails for a reason of its own does not take its group with it', async () => {
  const store = await open();
  await runSql(database.url, `alter table event_store.events add constraint no_poison check (type <> 'Poison')`);
  const types = ['A', 'B', 'Poison', 'C', 'D'];
  const settled = await Promise.allSettled(types.map((type) => store.append([{ ...oneEvent(), events: [newEvent({ type })] }])));
  expect(settled.map((one) => one.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect((await readToEnd(store)).map((event) => event.type)).toEqual(['A', 'B', 'C', 'D']);
});

test('a server that cannot be reached is a coded refusal', async () => {
  const nowhere = new URL(database.url);
  nowhere.port = '1';
  await expect(openPostgresEventStore({ databaseUrl: nowhere.toString() })).rejects.toThrow(EventStoreError);
});

test('a filtered page looks at a window of the log, and the pages together at all of it', async () => {
  const store = await open();
  for (let number = 0; number < 20; number++) await store.append([{ ...oneEvent(), events: [newEvent({ type: number % 10 === 3 ? 'Rare' : 'Common' })] }]);
  const all = await readToEnd(store);
  const reader = new LogReader(database.url, 1, {}, 4);
  const page = await reader.readAll(null, { filter: { types: ['None'] } });
  expect(page).toEqual({ events: [], next: all[3]?.position, atHead: false });
  for (const direction of ['forward', 'backward'] as const) {
    const found: string[] = [];
    for (let at: string | null = null; ; ) {
      const { events, next, atHead } = await reader.readAll(at, { filter: { types: ['Rare'] }, direction, limit: 1 });
      found.push(...events.map((event) => event.id));
      if (atHead || next === null) break;
      at = next;
    }
    const rare = all.filter((event) => event.type === 'Rare').map((event) => event.id);
    expect(found).toEqual(direction === 'forward' ? rare : rare.reverse());
  }
  await reader.close();
});

test('the limits on the lock are those the connection has', async () => {
  const lock = new LogLock(database.url, DEFAULT_LOCK_LIMITS);
  await open();
  const settings = await lock.withLock(NOTHING_ASKED, async ({ client }) => {
    const { rows } = await client.query<{ readonly limits: string }>(`select current_setting('lock_timeout') || ' ' || current_setting('idle_in_transaction_session_timeout') as limits`);
    return { result: rows[0]?.limits, statements: [] };
  });
  expect(settings).toBe('10s 10s');
  await lock.close();
});

test('more waiting appends than memory should hold are refused as overload', async () => {
  await open();
  const lock = new LogLock(database.url, DEFAULT_LOCK_LIMITS);
  const queue = new AppendQueue(new GroupCommit(lock, String).carryOut, { groupEventsMax: 2_000, waitingEventsMax: 25 });
  const append = () => queue.add({ writes: prepareWrites([{ ...oneEvent(), events: newEvents(10) }]), asReported: null, attempted: new Set() });
  const settled = await Promise.allSettled([append(), append(), append()]);
  expect(settled).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }, { status: 'rejected', reason: { code: 'unavailable' } }]);
  expect(await append()).toMatchObject([{ outcome: 'appended' }]);
  await lock.close();
});
