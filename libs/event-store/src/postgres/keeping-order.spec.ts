import { createTestDatabase } from '@bestendig/testing';
import { from as copyFrom } from 'pg-copy-streams';
import { seal, prepareEvent } from '../sealing';
import { collect, newEvent, newEvents, newStream, readToEnd, type EventStoreKit } from '../testing/kit';
import { connect, PostgresKits, runSql } from '../testing/postgres-kit';

const kits = new PostgresKits(createTestDatabase);
let kit: EventStoreKit;
let url: string;
beforeEach(async () => ({ kit, url } = await kits.makeWithUrl()));
afterEach(() => kit.dispose());
afterAll(() => kits.drop());

const append = () => kit.store.append([{ stream: newStream(), expected: 'NO_STREAM', events: newEvents(1) }]);
const SOON_MS = 3_000;

/** Fails where following the log does not go on while something else is held open. */
async function expectLiveReading(): Promise<void> {
  const following = collect(kit.store, 5);
  for (let number = 0; number < 5; number++) await append();
  const tooLong = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('reading stood still')), SOON_MS).unref());
  expect(await Promise.race([following, tooLong])).toHaveLength(5);
}

test('a long COPY held open in the same database does not stop live reading', async () => {
  const client = await connect(url);
  await client.query('begin; create table scratch (line text)');
  const copy = client.query(copyFrom('copy scratch from stdin'));
  copy.write('one line\n');
  await expectLiveReading();
  const ended = new Promise((resolve) => copy.on('finish', resolve));
  copy.end();
  await ended;
  await client.query('rollback');
  await client.end();
});

test('a transaction with an id of its own, open in another database of the server, does not stop live reading', async () => {
  const other = await createTestDatabase();
  const client = await connect(other.url);
  await client.query('begin; create table scratch (line text); select pg_current_xact_id()');
  await expectLiveReading();
  await client.query('rollback');
  await client.end();
  await other.drop();
});

test.each(['commit', 'rollback'] as const)('while an append is held open nothing later is read, and after its %s nothing is skipped', async (how) => {
  const { store } = kit;
  await append();
  const held = await connect(url);
  const [stream, event] = [newStream(), newEvent()];
  const { canonical, hash } = seal(prepareEvent(stream, event), { revision: 0, recordedAt: '2024-01-01T00:00:00.000000Z', asReported: false, previousHash: null });
  await held.query('begin; select from event_store.head for update');
  await held.query(
    `insert into event_store.events (position, stream, revision, event_id, type, hash, canonical) values (2, $1, 0, $2, $3, decode($4, 'hex'), $5)`,
    [stream, event.id, event.type, hash, canonical],
  );
  const door = await kit.secondDoor();
  const later = [append(), door.append([{ stream: newStream(), expected: 'ANY', events: newEvents(1) }])];
  const following = collect(store, how === 'commit' ? 4 : 3);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await readToEnd(store)).toHaveLength(1);
  expect(await store.headPosition()).toBe((await readToEnd(door))[0]?.position);
  await held.query(how);
  await held.end();
  await Promise.all(later);
  const all = await readToEnd(store);
  expect(all).toHaveLength(how === 'commit' ? 4 : 3);
  expect(all.findIndex((one) => one.id === event.id)).toBe(how === 'commit' ? 1 : -1);
  expect(all.map((one) => store.comparePositions(one.position, all[0]?.position ?? ''))).toEqual(all.map((_, index) => index));
  expect((await following).map((one) => one.id)).toEqual(all.map((one) => one.id));
});

test('appends leave no dead rows in the lock, however long somebody holds an old snapshot', async () => {
  const old = await connect(url);
  await old.query('begin isolation level repeatable read; select from event_store.head');
  for (let number = 0; number < 300; number++) await append();
  const { rows } = await old.query<{ pages: string }>(`select pg_relation_size('event_store.head') / 8192 as pages`);
  expect(rows[0]?.pages).toBe('1');
  await old.query('commit');
  await old.end();
});

test('appends that wait together are kept in few transactions, in the order they were asked for', async () => {
  const results = (await Promise.all(Array.from({ length: 200 }, append))).flat();
  const events = await readToEnd(kit.store);
  expect(new Set(events.map((event) => event.recordedAt)).size).toBeLessThan(20);
  expect(results.map((result) => (result.outcome === 'appended' ? result.position : null))).toEqual(events.map((event) => event.position));
});

test.each([`update event_store.events set type = 'X'`, 'delete from event_store.events', 'truncate event_store.events'])('the log refuses: %s', async (sql) => {
  await append();
  await expect(runSql(url, sql)).rejects.toThrow('never changed');
  await expect(runSql(url, `set session_replication_role = replica; ${sql}`)).rejects.toThrow('never changed');
  expect(await readToEnd(kit.store)).toHaveLength(1);
});
