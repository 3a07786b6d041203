import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreError, openEventStore, type EventStore, type NewEvent, type Page, type Position, type RecordedEvent } from '@bestendig/event-store';
import { eventStoreDbCommand, NO_COMMAND, OwnServer } from '@bestendig/event-store/testing';
import { createTestDatabase, describeWhere, type TestDatabase } from '@bestendig/testing';
import { Client } from 'pg';
import { build, type Built } from './built';

/** KILLS says how often the server is killed, ESDB_SEED which storm, FREEZE_SECONDS for how long it stands still. */
const KILLS = Number(process.env['KILLS'] ?? 4);
const SEED = Number(process.env['ESDB_SEED'] ?? Date.now() % 100_000);
const FREEZE_MS = 1_000 * Number(process.env['FREEZE_SECONDS'] ?? 30);
/** How long it is overloaded, and by how many appends at a time from each of two doors. */
const OVERLOADED_MS = 30_000;
const APPENDS_AT_ONCE = 32;
/** No call may take longer, whatever the server does. */
const ANSWER_MS_MAX = 30_000;
const command = eventStoreDbCommand();

describeWhere(command === null ? NO_COMMAND : null, 'an EventStoreDB that is killed and frozen', () => {
  let server: OwnServer;
  let built: Built;
  let database: TestDatabase;
  let namespace: string;
  let random: () => number;
  const stores: EventStore[] = [];
  const children: ChildProcess[] = [];
  const open = async (): Promise<EventStore> => {
    const store = await openEventStore({ eventStoreDb: { url: server.url, namespace }, databaseUrl: database.url });
    stores.push(store);
    return store;
  };

  beforeAll(async () => {
    // eslint-disable-next-line no-console
    console.info(`ESDB_SEED=${SEED} KILLS=${KILLS}`);
    [server, built] = await Promise.all([OwnServer.start(command ?? ''), build()]);
  }, 180_000);
  beforeEach(async () => {
    random = randomFrom(SEED);
    database = await createTestDatabase();
    namespace = `r${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const store of stores.splice(0)) await store.close();
    await database.drop();
  }, 60_000);
  afterAll(async () => {
    built.remove();
    await server.stop();
  });

  /** Another process that appends without end, and says what was kept. */
  function startWriter(kept: Set<string>): ChildProcess {
    const library = join(built.main, '../../../../libs/event-store/src/index.js');
    const options = { eventStoreDb: { url: server.url, namespace }, databaseUrl: database.url };
    const child = spawn(process.execPath, ['-e', WRITER, library, JSON.stringify(options), JSON.stringify(newEvent())], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => kept.add(line));
    children.push(child);
    return child;
  }

  test('killed again and again under two doors, another process, readers and a subscription: nothing lost, nothing doubled, no time taken back', async () => {
    const [one, two] = [await open(), await open()];
    const stop = new AbortController();
    const kept = new Set<string>();
    const streams = Array.from({ length: 20 }, () => `placement-${randomUUID()}`);
    const appending = [one, two].flatMap((store) => [0, 1].map(() => appendUntil(stop.signal, store, streams, kept, random)));
    const promises: Promised[] = [];
    const settling = settleUntil(stop.signal, two, promises);
    const reading = readUntil(stop.signal, one);
    const following = new Following(one);
    let writer = startWriter(kept);
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(300 + random() * 4_000);
      if (random() < 0.5) {
        writer.kill('SIGKILL');
        writer = startWriter(kept);
      }
      if (random() < 0.5) await terminateSessions(database.url);
      await server.kill();
      await sleep(random() * 1_000);
      await server.startAgain(random() < 0.5);
    }
    await sleep(8_000);
    writer.kill('SIGKILL');
    stop.abort();
    const refusals = await Promise.all(appending);
    await Promise.all([settling, reading]);
    const all = await requireWhole(await open(), kept, promises);
    await following.requireAll(all);
    const late = all.filter((event) => event.knownTime !== event.recordedAt).length;
    // eslint-disable-next-line no-console
    console.info(`${kept.size} kept, ${all.length} in the log, ${late} landed late, ${promises.length} promises, refused: ${JSON.stringify(refusals)}`);
    expect(kept.size).toBeGreaterThan(50);
  }, 300_000);

  test('frozen, it is waited for no longer than is bearable; thawed, all goes on by itself', async () => {
    const [store, door] = [await open(), await open()];
    const stop = new AbortController();
    const kept = new Set<string>();
    const streams = Array.from({ length: 5 }, () => `placement-${randomUUID()}`);
    const following = new Following(store);
    const appending = [store, door].map((one) => appendUntil(stop.signal, one, streams, kept, random));
    await sleep(1_500);
    server.freeze();
    const untilMs = performance.now() + FREEZE_MS;
    const calls = [() => door.readAll(null), () => door.headPosition(), () => door.settledThrough(), () => door.readStream(streams[0] ?? ''), () => openEventStore({ eventStoreDb: { url: server.url, namespace }, databaseUrl: database.url })];
    for (const call of calls) {
      const startedMs = performance.now();
      if (startedMs > untilMs - 5_000) break;
      await expect(call()).rejects.toMatchObject({ code: 'unavailable' });
      expect(performance.now() - startedMs).toBeLessThan(ANSWER_MS_MAX);
    }
    await sleep(Math.max(0, untilMs - performance.now()));
    const before = kept.size;
    server.thaw();
    await sleep(8_000);
    stop.abort();
    await Promise.all(appending);
    expect(kept.size).toBeGreaterThan(before);
    const all = await requireWhole(await open(), kept, []);
    await following.requireAll(all);
  }, 300_000);

  test('overloaded, so that it answers late or not in time: what is said to be kept is there once, and everything else is unavailable', async () => {
    const [one, two] = [await open(), await open()];
    const stop = new AbortController();
    const kept = new Set<string>();
    const streams = Array.from({ length: 100 }, () => `placement-${randomUUID()}`);
    const following = new Following(one);
    const promises: Promised[] = [];
    const appending = [one, two].flatMap((store) => Array.from({ length: APPENDS_AT_ONCE }, () => appendUntil(stop.signal, store, streams, kept, random)));
    const working = [settleUntil(stop.signal, two, promises), readUntil(stop.signal, one)];
    // It comes to work for a little at a time; now and then not before those who wait for it have given up.
    for (const untilMs = performance.now() + OVERLOADED_MS; performance.now() < untilMs; ) {
      server.freeze();
      await sleep(random() < 0.2 ? 4_000 + random() * 2_000 : random() * 1_000);
      server.thaw();
      await sleep(random() * 150);
    }
    const during = kept.size;
    await sleep(8_000);
    stop.abort();
    const refusals = await Promise.all(appending);
    await Promise.all(working);
    expect(kept.size).toBeGreaterThan(during);
    const all = await requireWhole(await open(), kept, promises);
    await following.requireAll(all);
    // eslint-disable-next-line no-console
    console.info(`${during} kept while overloaded, ${kept.size} in all, ${all.length} in the log, ${refusals.filter((codes) => Object.keys(codes).length > 0).length} of ${refusals.length} were refused at some time`);
  }, 300_000);

  test('a process that stands still in the middle of its appends loses the lock, and what it then sends takes no time back', async () => {
    const store = await open();
    const kept = new Set<string>();
    const writer = startWriter(kept);
    const promises: Promised[] = [];
    while (kept.size < 20) await sleep(50);
    for (let freeze = 0; freeze < 2; freeze++) {
      await sleep(random() * 500);
      writer.kill('SIGSTOP');
      const stop = AbortSignal.timeout(13_000);
      await Promise.all([appendUntil(stop, store, [`placement-${randomUUID()}`], kept, random), settleUntil(stop, store, promises)]);
      writer.kill('SIGCONT');
      const before = kept.size;
      while (kept.size < before + 20) await sleep(50);
    }
    writer.kill('SIGKILL');
    await sleep(500);
    await requireWhole(store, kept, promises);
    expect(promises.length).toBeGreaterThan(0);
  }, 180_000);

  test('after a restart old ids are known in any mix, and while it starts it is unavailable', async () => {
    const store = await open();
    const writes = Array.from({ length: 30 }, () => ({ stream: `placement-${randomUUID()}`, expected: 'NO_STREAM' as const, events: [newEvent(), newEvent(), newEvent()] }));
    const first = await store.append(writes);
    await server.kill();
    await expect(store.append(writes)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.readAll(null)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(openEventStore({ eventStoreDb: { url: server.url, namespace }, databaseUrl: database.url })).rejects.toMatchObject({ code: 'unavailable' });
    await server.startAgain(false);
    const answers: string[] = [];
    for (const untilMs = performance.now() + 60_000; answers.at(-1) !== 'kept' && performance.now() < untilMs; ) {
      answers.push(await store.append(writes).then((results) => (results.every((result) => result.outcome === 'alreadyThere') ? 'kept' : 'appended again'), (error: unknown) => (error instanceof EventStoreError ? error.code : String(error)))); // prettier-ignore
    }
    expect([...new Set(answers)].sort()).toEqual(['kept', 'unavailable']);
    const door = await open();
    for (const events of [(old: readonly NewEvent[]) => [newEvent(), ...old], (old: readonly NewEvent[]) => [...old.slice(1), newEvent(), ...old.slice(0, 1)]]) {
      const mixed = await door.append(writes.map((write) => ({ stream: write.stream, expected: 'ANY' as const, events: events(write.events) })));
      expect(mixed.every((result) => result.outcome === 'appended' && result.events.filter((event) => event.existing).length === 3)).toBe(true);
    }
    const again = await store.append(writes);
    expect(again.map((result) => ('position' in result ? result.position : null))).toEqual(first.map((result) => ('position' in result ? result.position : null)));
    await requireWhole(door, new Set(writes.flatMap((write) => write.events.map((event) => event.id))), []);
  }, 180_000);
});

type Promised = { readonly settled: string; /** The end of the log when it was said. */ readonly head: Position | null };

/** What was said to be kept is there once, the chain is whole, times go forward, and every promise was kept. */
async function requireWhole(store: EventStore, kept: ReadonlySet<string>, promises: readonly Promised[]): Promise<readonly RecordedEvent[]> {
  for (let at: Position | null = null; ; ) {
    const raw = await store.readRaw(at, 1_000);
    if (raw.length === 0) break;
    at = raw.at(-1)?.position ?? null;
  }
  const all: RecordedEvent[] = [];
  for (let page: Page | null = null; page === null || !page.atHead; all.push(...page.events)) page = await store.readAll(page?.next ?? null);
  const ids = all.map((event) => event.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...kept].filter((id) => !new Set(ids).has(id))).toEqual([]);
  const times = all.map((event) => event.knownTime);
  expect(times).toEqual([...times].sort());
  for (const { settled, head } of promises) {
    const after = all.filter((event) => head === null || store.comparePositions(event.position, head) > 0);
    expect(after.filter((event) => event.knownTime <= settled)).toEqual([]);
  }
  return all;
}

/** One append after the other, each sent until the store says it is there; how often it was refused, by code. */
async function appendUntil(signal: AbortSignal, store: EventStore, streams: readonly string[], kept: Set<string>, random: () => number): Promise<Readonly<Record<string, number>>> {
  const refused: Record<string, number> = {};
  while (!signal.aborted) {
    const stream = streams[Math.floor(random() * streams.length)] ?? '';
    const write = { stream, expected: 'ANY' as const, events: Array.from({ length: 1 + Math.floor(random() * 3) }, newEvent) };
    for (let isKept = false; !isKept && !signal.aborted; ) {
      try {
        const [result] = await store.append([write]);
        isKept = result?.outcome === 'appended' || result?.outcome === 'alreadyThere';
        if (isKept) for (const { id } of write.events) kept.add(id);
      } catch (error) {
        const code = error instanceof EventStoreError ? error.code : String(error);
        refused[code] = (refused[code] ?? 0) + 1;
        if (code !== 'unavailable') throw error;
        await sleep(50);
      }
    }
  }
  return refused;
}

async function settleUntil(signal: AbortSignal, store: EventStore, promises: Promised[]): Promise<void> {
  while (!signal.aborted) {
    await sleep(200);
    try {
      const settled = await store.settledThrough();
      promises.push({ settled, head: await store.headPosition() });
    } catch (error) {
      expect(error).toMatchObject({ code: 'unavailable' });
    }
  }
}

async function readUntil(signal: AbortSignal, store: EventStore): Promise<void> {
  while (!signal.aborted) {
    try {
      for (let page = await store.readAll(null, { limit: 300 }); !page.atHead && !signal.aborted; ) page = await store.readAll(page.next, { limit: 300 });
    } catch (error) {
      expect(error).toMatchObject({ code: 'unavailable' });
      await sleep(50);
    }
  }
}

/** A subscription that must go on by itself, whatever happens to the server. */
class Following {
  private readonly ids: string[] = [];
  private readonly stop = new AbortController();
  private readonly done: Promise<void>;

  constructor(private readonly store: EventStore) {
    this.done = this.follow();
  }

  /** It came to the end of this log, and gave each event once, in order. */
  async requireAll(events: readonly RecordedEvent[]): Promise<void> {
    for (const untilMs = performance.now() + 20_000; this.ids.length < events.length && performance.now() < untilMs; ) await sleep(50);
    this.stop.abort();
    await this.done;
    expect(this.ids).toEqual(events.map((event) => event.id));
  }

  private async follow(): Promise<void> {
    for await (const page of this.store.subscribe(null, { limit: 50, signal: this.stop.signal })) this.ids.push(...page.events.map((event) => event.id));
  }
}

async function terminateSessions(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
  await client.end();
}

function newEvent(): NewEvent {
  const id = randomUUID();
  const meta = { reportedAt: null, actor: 'test', onBehalfOf: null, organisation: 'test', source: null, messageId: id, messageDigest: id, origin: 'test', correlationId: id, causationId: null, keyId: null };
  return { id, type: 'HoursChanged', schemaVersion: 1, data: { hoursPerWeek: 24 }, meta };
}

/** Mulberry32: the same storm for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Appends four at a time without end; a line for each event that was kept. */
const WRITER = `
  const [library, options, example] = process.argv.slice(1);
  const { openEventStore } = require(library);
  const { randomUUID } = require('node:crypto');
  const again = (work) => work().catch(async (error) => {
    if (error.code !== 'unavailable') throw error;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return again(work);
  });
  const newEvent = () => {
    const event = JSON.parse(example);
    const id = randomUUID();
    return { ...event, id, meta: { ...event.meta, messageId: id, messageDigest: id, correlationId: id } };
  };
  void again(() => openEventStore(JSON.parse(options))).then((store) => Promise.all([0, 1, 2, 3].map(async () => {
    for (let stream = 'placement-' + randomUUID(), count = 0; ; count++) {
      if (count % 10 === 9) stream = 'placement-' + randomUUID();
      const event = newEvent();
      await again(() => store.append([{ stream, expected: 'ANY', events: [event] }]));
      process.stdout.write(event.id + '\\n');
    }
  })));`;
