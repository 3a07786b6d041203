import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore, type EventStore, type RawEvent } from '@bestendig/event-store';
import { findEventStoreDb, type TestServer } from '@bestendig/event-store/testing';
import { openIntake } from '@bestendig/intake';
import { rebuild, type RebuildResult } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { generateHistory, NO_PROGRESS, runImport } from '@bestendig/standalone';
import { createTestDatabase, describeWhere, type TestDatabase } from '@bestendig/testing';

const PLACEMENTS = 40;
const RUN = 'moving';
const found = findEventStoreDb();

describeWhere('missing' in found ? found.missing : null, 'a log moves from PostgreSQL to EventStoreDB and back', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-moving-'));
  const databases: TestDatabase[] = [];
  const stores: EventStore[] = [];
  let server: TestServer;

  beforeAll(async () => {
    if ('start' in found) server = await found.start();
  }, 120_000);
  afterAll(async () => {
    for (const store of stores) await store.close();
    for (const database of databases) await database.drop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  type Opened = { readonly store: EventStore; readonly databaseUrl: string };

  async function open(where: 'postgresql' | 'eventstoredb'): Promise<Opened> {
    const database = await createTestDatabase();
    databases.push(database);
    const namespace = `moving${Date.now()}`;
    const store = await openEventStore({ databaseUrl: database.url, eventStoreDb: where === 'eventstoredb' ? { url: server.url, namespace } : null }); // prettier-ignore
    stores.push(store);
    return { store, databaseUrl: database.url };
  }

  /** Facts in time, late, corrected, retracted, doubled and contradicting, by the door that files come through. */
  async function fill({ store, databaseUrl }: Opened): Promise<void> {
    const file = join(folder, 'history.csv');
    writeFileSync(file, `${[...generateHistory({ placements: PLACEMENTS, seed: 3 })].join('\n')}\n`);
    const intake = await openIntake(databaseUrl);
    const { signal } = new AbortController();
    await runImport({ file, dryRun: false, asReported: false, store, intake, secret: Buffer.alloc(32, 7), databaseUrl, dataFolder: folder, signal, show: () => NO_PROGRESS }); // prettier-ignore
    await intake.close();
  }

  async function* batchesOf(store: EventStore, breakAfter = Infinity): AsyncGenerator<readonly RawEvent[]> {
    let from: RawEvent | undefined;
    for (let read = 0; ; ) {
      const batch = await store.readRaw(from?.position ?? null, 50);
      if (batch.length === 0) return;
      read += batch.length;
      yield batch;
      if (read > breakAfter) throw new Error('broken off');
      from = batch.at(-1);
    }
  }

  /** Every event, in the order of the log, with what was hashed. */
  async function logOf(store: EventStore): Promise<readonly string[]> {
    const events: string[] = [];
    for await (const batch of batchesOf(store))
      events.push(...batch.map(({ stream, revision, hash, canonical }) => `${stream}@${revision} ${hash} ${canonical}`));
    return events;
  }

  async function knownTimesOf(store: EventStore): Promise<readonly string[]> {
    const { events } = await store.readAll(null, { limit: 10_000 });
    return events.map(({ id, knownTime }) => `${id} ${knownTime}`);
  }

  async function rowsOf({ store, databaseUrl }: Opened): Promise<unknown> {
    const result: RebuildResult = await rebuild({ set: READ_MODELS, store, databaseUrl });
    return 'checksum' in result ? result.checksum.map(({ table, rows, sum }) => ({ table, rows, sum })) : result;
  }

  test('with equal hashes, equal known times and equal read models, and after a break it goes on', async () => {
    const first = await open('postgresql');
    await fill(first);
    const log = await logOf(first.store);
    expect(log.length).toBeGreaterThan(200);

    const second = await open('eventstoredb');
    await expect(second.store.restore(batchesOf(first.store, 120), { run: RUN })).rejects.toThrow('broken off');
    const { restored } = await second.store.restore(batchesOf(first.store), { run: RUN });
    expect(restored).toBeLessThan(log.length);
    expect(await logOf(second.store)).toEqual(log);

    // It is a store like any other from then on.
    await expect(second.store.restore(batchesOf(first.store), { run: 'again' })).rejects.toMatchObject({ code: 'storeNotEmpty' }); // prettier-ignore
    const third = await open('postgresql');
    await third.store.restore(batchesOf(second.store), { run: RUN });
    expect(await logOf(third.store)).toEqual(log);

    const times = await knownTimesOf(first.store);
    expect(await knownTimesOf(second.store)).toEqual(times);
    expect(await knownTimesOf(third.store)).toEqual(times);
    const rows = await rowsOf(first);
    expect(rows).toHaveLength(5);
    expect(await rowsOf(second)).toEqual(rows);
    expect(await rowsOf(third)).toEqual(rows);
  }, 300_000);
});
