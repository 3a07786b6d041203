import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgresEventStore } from '@bestendig/event-store';
import { caughtUpTo } from '@bestendig/read-models';
import { openReadStore } from '@bestendig/read-store';
import { createTestDatabase } from '@bestendig/testing';
import { project } from '.';

test('keeps the read models of a database up to date until it is told to stop', async () => {
  const database = await createTestDatabase();
  const stop = new AbortController();
  const running = project({ databaseUrl: database.url, signal: stop.signal, logLevel: 'silent' });
  const store = await openPostgresEventStore({ databaseUrl: database.url });
  const readStore = await openReadStore(database.url);
  const meta = {
    reportedAt: null,
    actor: 'test',
    onBehalfOf: null,
    organisation: 'oin:1',
    source: 'urn:test',
    messageId: 'm',
    messageDigest: 'd',
    origin: 'test:1',
    correlationId: 'c',
    causationId: null,
    keyId: null,
  };
  const event = {
    id: '00000000-0000-4000-8000-000000000001',
    type: 'BuddyAssigned',
    schemaVersion: 1,
    data: { effectiveDate: '2026-01-01' },
    meta,
  };
  const [result] = await store.append([
    { stream: 'placement-00000000-0000-4000-8000-0000000000aa', expected: 'NO_STREAM', events: [event] },
  ]);
  if (result?.outcome !== 'appended') throw new Error('not appended');
  // The first build is made while it starts: before it there is nothing to ask.
  while (!(await caughtUpTo(readStore, store, result.position, 1_000).catch(() => false))) await sleep(20);
  stop.abort();
  await running;
  await Promise.all([store.close(), readStore.close()]);
  await database.drop();
});
