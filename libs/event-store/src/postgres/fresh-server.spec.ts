import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { connectionString, freePort, initCluster, startCluster, stopCluster, type Cluster } from '@bestendig/local-postgres';
import { createTestDatabase } from '@bestendig/testing';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { EventStore } from '../port';
import { collect, newEvent, newEvents, newStream, readToEnd } from '../testing/kit';
import { connect } from '../testing/postgres-kit';
import { openPostgresEventStore } from './postgres-store';

let folder: string;
let cluster: Cluster;
let settings: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bestendig-test-'));
  chmodSync(folder, 0o755);
  cluster = await initCluster(folder);
  settings = { fsync: 'off', port: String(await freePort()) };
  await startCluster(cluster, settings);
});
afterAll(async () => {
  await stopCluster(cluster, 'immediate');
  rmSync(folder, { recursive: true, force: true });
});

const append = (store: EventStore, count: number) => store.append([{ stream: newStream(), expected: 'NO_STREAM', events: newEvents(count) }]);

/** As pg_dump --data-only does, table by table: pg_dump itself is not among the PostgreSQL programs that npm brings. */
async function dumpAndRestore(fromUrl: string, toUrl: string): Promise<void> {
  const [source, target] = [await connect(fromUrl), await connect(toUrl)];
  await target.query('delete from event_store.head');
  for (const table of ['events', 'head', 'lifted', 'as_reported_run']) {
    await pipeline(source.query(copyTo(`copy event_store.${table} to stdout`)), target.query(copyFrom(`copy event_store.${table} from stdin`)));
  }
  await Promise.all([source.end(), target.end()]);
}

test('a dump restored into a fresh server reads the same, and goes on from there', async () => {
  const database = await createTestDatabase();
  const original = await openPostgresEventStore({ databaseUrl: database.url });
  const [stream, repeated] = [newStream(), newEvent()];
  await original.append([{ stream, expected: 'NO_STREAM', events: [repeated] }]);
  // Written in one order and committed in another by many hands: the order to keep is that of positions.
  await Promise.all(Array.from({ length: 30 }, () => append(original, 3)));
  const settled = await original.settledThrough();

  const fresh = await openPostgresEventStore({ databaseUrl: connectionString(cluster) });
  await dumpAndRestore(database.url, connectionString(cluster));
  const all = await readToEnd(original);
  expect(await readToEnd(fresh)).toEqual(all);
  expect(await fresh.readRaw(null, 1_000)).toEqual(await original.readRaw(null, 1_000));
  expect(await readToEnd(fresh, {}, all[40]?.position ?? null)).toEqual(all.slice(41));

  const following = collect(fresh, 6, { from: all[86]?.position ?? null });
  expect(await fresh.append([{ stream, expected: 'NO_STREAM', events: [repeated] }])).toMatchObject([{ outcome: 'alreadyThere' }]);
  expect(await fresh.append([{ stream, expected: 0, events: newEvents(2) }])).toMatchObject([{ outcome: 'appended', revision: 2 }]);
  const followed = await following;
  expect(followed.slice(0, 4)).toEqual(all.slice(87));
  expect(followed.slice(4).every((event) => event.recordedAt > settled)).toBe(true);
  await Promise.all([original.close(), fresh.close()]);
  await database.drop();
}, 60_000);

test('a server that stops and starts again: appends are refused with a code, subscriptions go on by themselves', async () => {
  const store = await openPostgresEventStore({ databaseUrl: connectionString(cluster) });
  const from = await store.headPosition();
  const following = collect(store, 4, { from });
  await append(store, 2);
  await stopCluster(cluster, 'immediate');
  await expect(append(store, 1)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(store.readAll(from)).rejects.toMatchObject({ code: 'unavailable' });
  await startCluster(cluster, settings);
  await append(store, 2);
  expect(await following).toEqual(await readToEnd(store, {}, from));
  await store.close();
}, 60_000);
