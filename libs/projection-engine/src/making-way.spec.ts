import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgresEventStore } from '@bestendig/event-store';
import { connect } from '@bestendig/postgres';
import { openReadStore } from '@bestendig/read-store';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import type { Client } from 'pg';
import { makeWay, othersAreServed } from './making-way';

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = await connect({ databaseUrl: database.url, name: 'projector' });
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function untilQuiet(): Promise<void> {
  while (await othersAreServed(client)) await sleep(50);
}

test('others are served while they ask and record, and for a second after; a rebuild among its own is not', async () => {
  await untilQuiet();
  const readStore = await openReadStore(database.url);
  await readStore.pool.query('select 1');
  expect(await othersAreServed(client)).toBe(true);
  await untilQuiet();
  const store = await openPostgresEventStore({ databaseUrl: database.url });
  await untilQuiet();
  await store.headPosition();
  expect(await othersAreServed(client)).toBe(false);
  const meta = { reportedAt: null, actor: 'a', onBehalfOf: null, organisation: 'o', source: null, messageId: 'm', messageDigest: 'd', origin: 'o', correlationId: 'c', causationId: null, keyId: null }; // prettier-ignore
  await store.append([
    {
      stream: 'placement-2',
      expected: 'ANY',
      events: [
        { id: '00000000-0000-4000-8000-000000000001', type: 'ContractSigned', schemaVersion: 1, data: {}, meta },
      ],
    },
  ]);
  expect(await othersAreServed(client)).toBe(true);
  await Promise.all([store.close(), readStore.close()]);
});

test('within a transaction too it sees what began after it', async () => {
  await untilQuiet();
  await client.query('begin');
  expect(await othersAreServed(client)).toBe(false);
  const readStore = await openReadStore(database.url);
  await readStore.pool.query('select 1');
  expect(await othersAreServed(client)).toBe(true);
  await client.query('rollback');
  await readStore.close();
});

test('it rests for as long as it worked while others are served, a second at most, and else not at all', async () => {
  await untilQuiet();
  const restMs = async (workedMs: number): Promise<number> => {
    const begun = performance.now();
    await makeWay(client, workedMs);
    return performance.now() - begun;
  };
  expect(await restMs(5_000)).toBeLessThan(900);
  const readStore = await openReadStore(database.url);
  await readStore.pool.query('select 1');
  expect(await restMs(5_000)).toBeGreaterThan(990);
  await readStore.pool.query('select 1');
  expect(await restMs(300)).toBeGreaterThan(290);
  await readStore.close();
});
