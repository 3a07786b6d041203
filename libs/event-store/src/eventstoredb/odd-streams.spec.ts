import { EventStoreDBClient } from '@eventstore/db-client';
import { createTestDatabase, describeWhere } from '@bestendig/testing';
import type { EventFilter, EventStore, NewEvent, Page, Position } from '../port';
import { EventStoreDbKits } from '../testing/eventstoredb-kit';
import { findEventStoreDb, freePort, type TestServer } from '../testing/eventstoredb-server';
import { newEvent, newEvents, newStream, readToEnd, type EventStoreKit } from '../testing/kit';
import { ServerConnection } from './connection';
import { openEventStoreDbStore, type EventStoreDbStore } from './eventstoredb-store';
import { Names } from './names';

const found = findEventStoreDb();
const tlsUrl = process.env['EVENTSTOREDB_TLS_URL'] ?? '';

describeWhere('missing' in found ? found.missing : null, 'an EventStoreDB that others use too', () => {
  let server: TestServer;
  let client: EventStoreDBClient;
  let kit: EventStoreKit;
  let databaseUrl: string;
  let namespace: string;
  const kits = new EventStoreDbKits(createTestDatabase, () => server.url);
  beforeAll(async () => {
    if ('start' in found) server = await found.start();
    client = EventStoreDBClient.connectionString(server.url);
  }, 180_000);
  beforeEach(async () => ({ kit, databaseUrl, namespace } = await kits.makeOpened()));
  afterEach(() => kit.dispose());
  afterAll(async () => {
    await client.dispose();
    await kits.drop();
    await server.stop();
  });
  const onServer = (stream: string): string => new Names(namespace).onServer(stream);

  test.each(['deleteStream', 'tombstoneStream'] as const)('a stream that somebody deleted there (%s) is refused with a code: it does not begin again', async (how) => {
    const door = await kit.secondDoor();
    const [stream, untouched] = [newStream(), newStream()];
    await door.append([{ stream, expected: 'NO_STREAM', events: newEvents(3) }]);
    await client[how](onServer(stream));
    for (const expected of ['NO_STREAM', 'ANY', 2] as const) await expect(kit.store.append([{ stream, expected, events: newEvents(1) }])).rejects.toMatchObject({ code: 'streamDeleted' });
    // What waits with it is not hurt.
    const settled = await Promise.allSettled([stream, untouched].map((name) => kit.store.append([{ stream: name, expected: 'NO_STREAM', events: newEvents(1) }])));
    expect(settled).toMatchObject([{ status: 'rejected', reason: { code: 'streamDeleted' } }, { status: 'fulfilled' }]);
  });

  test('a stream whose beginning somebody took away is refused', async () => {
    const stream = newStream();
    await kit.store.append([{ stream, expected: 'NO_STREAM', events: newEvents(3) }]);
    await client.setStreamMetadata(onServer(stream), { truncateBefore: 2 });
    await expect((await kit.secondDoor()).append([{ stream, expected: 2, events: newEvents(1) }])).rejects.toMatchObject({ code: 'streamDeleted' });
  });

  test('two logs in one server do not see each other, nor what else is in it', async () => {
    const other = await kits.makeOpened();
    for (const store of [kit.store, other.kit.store, kit.store]) await store.append([{ stream: newStream(), expected: 'ANY', events: newEvents(2) }]);
    expect(await readToEnd(kit.store)).toHaveLength(4);
    expect(await readToEnd(other.kit.store)).toHaveLength(2);
    const [, theirs] = await readToEnd(other.kit.store);
    await expect(kit.store.readAll(theirs?.position ?? null)).rejects.toMatchObject({ code: 'positionUnknown' });
    await other.kit.dispose();
  });

  test('ids are known whatever comes with them, in any order, through any door', async () => {
    const door = await kit.secondDoor();
    const stream = newStream();
    const old = newEvents(6);
    for (const [index, event] of old.entries()) await (index % 2 === 0 ? kit.store : door).append([{ stream, expected: index - 1, events: [event] }]);
    const mixes: readonly (readonly [EventStore, readonly NewEvent[]])[] = [[door, [newEvent(), ...old]], [kit.store, [...old.slice(2, 4), newEvent(), old[0] ?? newEvent()]], [door, [...old].reverse()]]; // prettier-ignore
    for (const [through, events] of mixes) await through.append([{ stream, expected: 'ANY', events }]);
    const kept = (await kit.store.readStream(stream)).map((event) => event.id);
    expect([kept.length, new Set(kept).size]).toEqual([8, 8]);
  });

  test('both clients read the same pages', async () => {
    const open = (bulkClient: EventStoreDbStore['bulkClient']) => openEventStoreDbStore({ url: server.url, databaseUrl, namespace, bulkClient });
    const [plain, fast] = [await open('@eventstore/db-client'), await open('@kurrent/kurrentdb-client')];
    expect([plain.bulkClient, fast.bulkClient]).toEqual(['@eventstore/db-client', '@kurrent/kurrentdb-client']);
    const data = { text: 'é 😀 \u2028', '2': 'two', '10': 'ten', a: [1.5e-7] };
    for (let number = 0; number < 12; number++) {
      const writes = Array.from({ length: 20 }, (_, index) => ({ stream: newStream(index % 3 === 0 ? 'link' : 'placement'), expected: 'ANY' as const, events: [newEvent({ data, type: index % 2 === 0 ? 'A' : 'B' }), ...newEvents(4)] }));
      await plain.append(writes);
    }
    await plain.settledThrough();
    const pages = async (store: EventStore, filter?: EventFilter): Promise<readonly Page[]> => {
      const read: Page[] = [];
      for (let at: Position | null = null; ; ) {
        const page: Page = await store.readAll(at, { limit: 250, ...(filter === undefined ? {} : { filter }) });
        read.push(page);
        if (page.atHead || page.next === null) return read;
        at = page.next;
      }
    };
    for (const filter of [undefined, { categories: ['link'] }, { types: ['A', 'B'] }, { categories: ['link'], types: ['A'] }]) expect(await pages(fast, filter)).toEqual(await pages(plain, filter));
    const raw = async (store: EventStore) => [await store.readRaw(null, 700), await store.readRaw((await store.readRaw(null, 700)).at(-1)?.position ?? null, 700)];
    expect(await raw(fast)).toEqual(await raw(plain));
    expect((await readToEnd(fast)).length).toBe(1_200);
    await Promise.all([plain.close(), fast.close()]);
  });

  test('the list of streams goes on where it was, also for who asks at once', async () => {
    const names = Array.from({ length: 30 }, () => newStream());
    const door = await kit.secondDoor();
    for (const [index, stream] of names.entries()) {
      await kit.store.append([{ stream, expected: 'ANY', events: newEvents(2) }]);
      if (index % 10 === 0) await Promise.all([kit.store, door].map((store) => store.streamsOf('placement', null, 5)));
    }
    expect(await door.streamsOf('placement', null, 100)).toEqual([...names].sort());
  });

  test('more than the server takes at once is too large', async () => {
    const raw = new ServerConnection(server.url);
    const event = { id: newEvent().id, type: 'X', data: Buffer.alloc(20_000_000), metadata: Buffer.from('{}') };
    await expect(raw.append(onServer(newStream()), -1, [event], 20_000)).rejects.toMatchObject({ code: 'tooLarge' });
    await raw.close();
  });

  test('a server that cannot be reached is a coded refusal, which names no credentials', async () => {
    const nowhere = `esdb://admin:secret@127.0.0.1:${await freePort()}?tls=false`;
    await expect(openEventStoreDbStore({ url: nowhere, databaseUrl, namespace })).rejects.toMatchObject({ code: 'unavailable', message: expect.not.stringContaining('secret') });
    await expect(openEventStoreDbStore({ url: 'http://admin:secret@localhost', databaseUrl })).rejects.toMatchObject({ code: 'badSettings', message: expect.not.stringContaining('secret') });
    await expect(openEventStoreDbStore({ url: 'esdb://admin:secret@localhost:2113?tlsCaFile=/no/such/file', databaseUrl })).rejects.toMatchObject({ code: 'badSettings' });
  });
});

describeWhere(tlsUrl === '' ? 'there is no EVENTSTOREDB_TLS_URL, with the credentials of an administrator' : null, 'an EventStoreDB with users', () => {
  test('lets in who may, and refuses everybody else with a code', async () => {
    const database = await createTestDatabase();
    const namespace = `t${Date.now()}`;
    const store = await openEventStoreDbStore({ url: tlsUrl, databaseUrl: database.url, namespace });
    for (let number = 0; number < 3; number++) await store.append([{ stream: newStream(), expected: 'NO_STREAM', events: newEvents(300) }]);
    expect(await readToEnd(store, { limit: 300 })).toHaveLength(900);
    await store.close();
    const wrong = [tlsUrl.replace(/:\/\/[^@]*@/, '://'), tlsUrl.replace(/:\/\/[^@]*@/, '://admin:wrong@')];
    for (const url of wrong) await expect(openEventStoreDbStore({ url, databaseUrl: database.url, namespace })).rejects.toMatchObject({ code: 'unauthorised' });
    await expect(openEventStoreDbStore({ url: tlsUrl.replace(/&tlsCaFile=[^&]*/i, ''), databaseUrl: database.url, namespace })).rejects.toMatchObject({ code: 'unavailable' });
    await database.drop();
  });
});
