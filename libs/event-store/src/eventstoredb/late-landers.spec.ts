import { createTestDatabase, describeWhere } from '@bestendig/testing';
import { createMemoryEventStore } from '../memory-store';
import type { EventStore, Position } from '../port';
import { openPostgresEventStore } from '../postgres/postgres-store';
import { prepareEvent, seal } from '../sealing';
import { EventStoreDbKits } from '../testing/eventstoredb-kit';
import { findEventStoreDb, type TestServer } from '../testing/eventstoredb-server';
import { collect, newEvent, newEvents, newStream, rawBatches, readToEnd, type EventStoreKit } from '../testing/kit';
import { runSql } from '../testing/postgres-kit';
import { ServerConnection } from './connection';
import { openEventStoreDbStore } from './eventstoredb-store';
import { toServerEvent } from './kept-event';
import { Names } from './names';

const found = findEventStoreDb();

describeWhere('missing' in found ? found.missing : null, 'what was left in doubt', () => {
  let server: TestServer;
  let raw: ServerConnection;
  let kit: EventStoreKit;
  let databaseUrl: string;
  let namespace: string;
  const kits = new EventStoreDbKits(createTestDatabase, () => server.url);
  beforeAll(async () => {
    if ('start' in found) server = await found.start();
    raw = new ServerConnection(server.url);
  }, 180_000);
  beforeEach(async () => ({ kit, databaseUrl, namespace } = await kits.makeOpened()));
  afterEach(() => kit.dispose());
  afterAll(async () => {
    await raw.close();
    await kits.drop();
    await server.stop();
  });

  const append = async (store: EventStore, stream = newStream()): Promise<string> => {
    const [result] = await store.append([{ stream, expected: 'ANY', events: newEvents(1) }]);
    if (result?.outcome !== 'appended') throw new Error('not appended');
    return result.events[0]?.recordedAt ?? '';
  };
  /** As a holder of the lock does that dies before it can say how its turn ended. */
  const leaveInDoubt = (): Promise<void> => runSql(databaseUrl, `select nextval('event_log.turn')`);
  /** What such a holder had sent lands now. */
  const landLate = async (recordedAt: string, term: number, stream = newStream()): Promise<string> => {
    const event = newEvent();
    const sealed = seal(prepareEvent(stream, event), { revision: 0, recordedAt, asReported: false, previousHash: null });
    await raw.append(new Names(namespace).onServer(stream), -1, [toServerEvent({ type: event.type, ...sealed }, { term })], 5_000);
    return stream;
  };
  const clockEvents = async (store: EventStore): Promise<readonly string[]> => {
    const types: string[] = [];
    for await (const batch of rawBatches(store)) types.push(...batch.filter((event) => event.stream.startsWith('clock-')).map((event) => JSON.parse(event.canonical).envelope.type));
    return types;
  };
  const knownTimes = async (store: EventStore): Promise<readonly string[]> => (await readToEnd(store)).map((event) => event.knownTime);

  test('a turn that ended well begins no term, through whichever door; one that did not begins one', async () => {
    const door = await kit.secondDoor();
    for (let number = 0; number < 6; number++) await append(number % 2 === 0 ? kit.store : door);
    expect(await clockEvents(kit.store)).toEqual([]);
    await leaveInDoubt();
    for (let number = 0; number < 3; number++) await append(number % 2 === 0 ? kit.store : door);
    expect(await clockEvents(kit.store)).toEqual(['TermBegan']);
    await leaveInDoubt();
    await append(door);
    expect(await clockEvents(door)).toEqual(['TermBegan', 'TermBegan']);
  });

  test('what lands late is known from the nearest event before it on, wherever it is read, also elsewhere', async () => {
    const { store } = kit;
    const first = await append(store);
    await leaveInDoubt();
    const second = await append(store);
    const late = await landLate(first, -1);
    const later = await landLate(first.replace(/\d\dZ$/, '99Z'), -1);
    const third = await append(store);
    const wanted = [first, second, second, second, third];
    expect(await knownTimes(store)).toEqual(wanted);
    const all = await readToEnd(store);
    expect(all.map((event) => event.recordedAt).slice(2, 4)).not.toContain(second);
    for (const stream of [late, later]) expect((await store.readStream(stream)).map((event) => event.knownTime)).toEqual([second]);
    expect((await store.readStreams([late])).get(late)?.[0]?.knownTime).toBe(second);
    expect(await readToEnd(store, { limit: 1, direction: 'backward' })).toEqual([...all].reverse());
    expect(await readToEnd(store, { limit: 1, filter: { categories: ['placement'] } })).toEqual(all);
    expect(await collect(store, 3, { from: all[1]?.position ?? null })).toEqual(all.slice(2));
    const reopened = await kit.secondDoor();
    expect((await reopened.readStream(late))[0]?.knownTime).toBe(second);
    expect(await knownTimes(reopened)).toEqual(wanted);

    const database = await createTestDatabase();
    const [postgres, memory, again] = [await openPostgresEventStore({ databaseUrl: database.url }), createMemoryEventStore(), await kit.makeEmptyStore()];
    for (const copy of [postgres, memory, again]) {
      await copy.restore(rawBatches(store), { run: 'copy' });
      expect(await knownTimes(copy)).toEqual(wanted);
      expect((await readToEnd(copy)).map((event) => event.hash)).toEqual(all.map((event) => event.hash));
      const fourth = await append(copy);
      expect(fourth > third).toBe(true);
    }
    await postgres.close();
    await database.drop();
    // Carried over and back again, a log goes on in the terms it had.
    expect((await clockEvents(again)).filter((type) => type === 'TermBegan')).toHaveLength(1);
  });

  test('a promise of settledThrough holds also for what lands after it', async () => {
    const { store } = kit;
    const first = await append(store);
    await leaveInDoubt();
    const settled = await store.settledThrough();
    const late = await landLate(first, -1);
    expect(((await store.readStream(late))[0]?.knownTime ?? '') > settled).toBe(true);
    expect((await append(store)) > settled).toBe(true);
    const times = await knownTimes(store);
    expect(times).toEqual([...times].sort());
  });

  test('a promise of a moment ago is given again, unless something was recorded since', async () => {
    const { store } = kit;
    await append(store);
    const settled = await store.settledThrough();
    expect(await store.settledThrough()).toBe(settled);
    expect(await clockEvents(store)).toEqual(['ClockRead']);
    const recorded = await append(store);
    expect((await (await kit.secondDoor()).settledThrough()) >= recorded).toBe(true);
    expect(await clockEvents(store)).toEqual(['ClockRead', 'ClockRead']);
  });

  test('where the clock was set back too, a new term lies above all that landed', async () => {
    const { store } = kit;
    const first = await append(store);
    const landed = new Date(Date.now() + 5_000).toISOString().replace('Z', '000Z');
    await landLate(landed, -1);
    await leaveInDoubt();
    await kit.setClockBack();
    const last = await append(store);
    expect([landed > first, last > landed]).toEqual([true, true]);
    expect(await knownTimes(store)).toEqual([first, landed, last]);
  });

  test('an append whose events landed though its holder died is known as there already', async () => {
    const { store } = kit;
    const stream = newStream();
    const write = { stream, expected: 'NO_STREAM' as const, events: newEvents(2) };
    await store.append([write]);
    await leaveInDoubt();
    expect(await store.append([write])).toMatchObject([{ outcome: 'alreadyThere' }]);
    expect(await store.append([{ stream, expected: 1, events: [...write.events, newEvent()] }])).toMatchObject([{ outcome: 'appended', revision: 2, events: [{ existing: true }, { existing: true }, { existing: false }] }]); // prettier-ignore
  });

  test('where something lands while an append is decided, it is decided once more', async () => {
    const { store } = kit;
    const stream = newStream();
    await append(store, stream);
    // The store remembers the stream; somebody who does not take its lock appends to it.
    const [first] = await store.readStream(stream);
    const event = newEvent();
    const sealed = seal(prepareEvent(stream, event), { revision: 1, recordedAt: first?.recordedAt ?? '', asReported: false, previousHash: first?.hash ?? null });
    await raw.append(new Names(namespace).onServer(stream), 0, [toServerEvent({ type: event.type, ...sealed }, { term: -1 })], 5_000);
    const [beside, write] = [newStream(), newEvent()];
    const results = await store.append([
      { stream, expected: 0, events: [newEvent()] },
      { stream, expected: 'ANY', events: [write, event] },
      { stream: beside, expected: 'NO_STREAM', events: newEvents(1) },
    ]);
    expect(results).toMatchObject([{ outcome: 'conflict', actual: 1 }, { outcome: 'appended', revision: 2, events: [{ existing: false }, { existing: true }] }, { outcome: 'appended', events: [{ existing: false }] }]); // prettier-ignore
    expect((await store.readRaw(null, 100)).length).toBe(4);
  });

  test('the same event decided on twice, at two times, is kept once, as it landed first', async () => {
    const { store } = kit;
    const [stream, event] = [newStream(), newEvent()];
    await store.append([{ stream, expected: 'NO_STREAM', events: [newEvent()] }]);
    const [first] = await store.readStream(stream);
    // The store remembers the stream without it.
    const sealed = seal(prepareEvent(stream, event), { revision: 1, recordedAt: first?.recordedAt ?? '', asReported: false, previousHash: first?.hash ?? null });
    await raw.append(new Names(namespace).onServer(stream), 0, [toServerEvent({ type: event.type, ...sealed }, { term: -1 })], 5_000);
    expect(await store.append([{ stream, expected: 0, events: [event] }])).toMatchObject([{ outcome: 'alreadyThere', events: [{ recordedAt: first?.recordedAt }] }]);
    await store.append([{ stream, expected: 1, events: newEvents(1) }]);
    expect(await store.readRaw(null, 10)).toHaveLength(3);
  });

  test('a run of --as-reported goes on after a break, also where nothing had landed yet', async () => {
    const { store } = kit;
    await store.beginAsReported('run');
    await leaveInDoubt();
    const at = (day: number): string => `2019-01-0${day}T00:00:00.000000Z`;
    const report = (day: number): Promise<unknown> => store.append([{ stream: newStream(), expected: 'ANY', events: [newEvent({ reportedAt: at(day) })] }], { asReported: { run: 'run' } });
    await report(1);
    await leaveInDoubt();
    await landLate(at(1), -1);
    await report(2);
    expect(await knownTimes(store)).toEqual([at(1), at(1), at(2)]);
    await store.endAsReported('run', 'finished');
    expect((await append(store)) > at(2)).toBe(true);
  });

  test('what PostgreSQL kept beside the log can be lost: the log is taken over, and the database from before is refused', async () => {
    const { store } = kit;
    const stream = newStream();
    const write = { stream, expected: 'NO_STREAM' as const, events: newEvents(1) };
    await store.append([write]);
    const database = await createTestDatabase();
    const successor = await openEventStoreDbStore({ url: server.url, databaseUrl: database.url, namespace });
    expect(await successor.append([write, { stream: newStream(), expected: 'ANY', events: newEvents(1) }])).toMatchObject([{ outcome: 'alreadyThere' }, { outcome: 'appended' }]);
    expect(await clockEvents(successor)).toEqual(['TermBegan']);
    expect(await successor.streamsOf('placement', null, 10)).toHaveLength(2);
    await expect(kit.secondDoor()).rejects.toMatchObject({ code: 'otherLog' });
    await leaveInDoubt();
    await expect(append(store)).rejects.toMatchObject({ code: 'otherLog' });
    await successor.close();
    const other = { url: server.url, databaseUrl: database.url, namespace: `${namespace}x` };
    await expect(openEventStoreDbStore(other)).rejects.toMatchObject({ code: 'otherLog' });
    await database.drop();
  });

  test('a page that begins in the middle of what landed late tells the same times', async () => {
    const { store } = kit;
    const first = await append(store);
    await leaveInDoubt();
    const second = await append(store);
    for (let number = 0; number < 70; number++) await landLate(first, -1);
    const positions: (Position | null)[] = [null];
    for (const event of await readToEnd(store)) positions.push(event.position);
    const door = await kit.secondDoor();
    const page = await door.readAll(positions[60] ?? null, { limit: 5 });
    expect(page.events.map((event) => event.knownTime)).toEqual(Array.from({ length: 5 }, () => second));
  });
});
