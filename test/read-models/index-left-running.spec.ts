import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@bestendig/event-store';
import { rebuild, type RebuildOptions, type RebuildResult } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import fc from 'fast-check';
import type { Client } from 'pg';
import { projectAll, withClient } from './built-rows';
import { randomLogs, storeOf } from './random-logs';

let database: TestDatabase;
let store: EventStore;
beforeEach(async () => {
  database = await createTestDatabase();
  const [log = []] = fc.sample(
    randomLogs.filter((drawn) => drawn.length > 40),
    { seed: 7, numRuns: 1 },
  );
  store = await storeOf(log);
  await projectAll(database.url, store, 500);
});
afterEach(() => database.drop());

const rebuildHere = (options: Partial<RebuildOptions> = {}): Promise<RebuildResult> =>
  rebuild({ set: READ_MODELS, store, databaseUrl: database.url, ...options });

/** Stops a rebuild that has folded all and has made no index yet. */
async function stopBeforeIndexes(): Promise<void> {
  const stop = new AbortController();
  const onProgress: RebuildOptions['onProgress'] = ({ step, events }) => {
    if (step === 'fold' && events > 0) stop.abort();
  };
  expect(await rebuildHere({ signal: stop.signal, onProgress })).toEqual({ outcome: 'givenUp' });
  expect(await indexesOf('read_model_2')).toEqual([]);
}

/** As PostgreSQL says them, without the schema. */
async function indexesOf(schema: string): Promise<readonly string[]> {
  return withClient(database.url, async (client) => {
    const { rows } = await client.query<{ text: string }>(
      `select replace(indexdef, schemaname || '.', '') as text from pg_indexes
       where schemaname = $1 and tablename not like 'rebuild%' order by 1`,
      [schema],
    );
    return rows.map(({ text }) => text);
  });
}

/** Statements for the new build's placements that give what live has: their primary key, and an index. */
const PRIMARY_KEY = `select format('alter table read_model_2.placement add %s', pg_get_constraintdef(oid)) as statement
  from pg_constraint where conrelid = 'read_model_1.placement'::regclass and contype = 'p'`;
const INDEX = `select replace(indexdef, 'read_model_1.', 'read_model_2.') as statement from pg_indexes
  where schemaname = 'read_model_1' and tablename = 'placement' and indexname not like '%pkey' order by indexname limit 1`;

/** What the process that was killed had made, and had begun: that is the server's to finish, and may take hours. */
const LEFT = {
  'a primary key': { made: [], begun: PRIMARY_KEY },
  'an index': { made: [PRIMARY_KEY], begun: INDEX },
} as const;

async function execute(client: Client, made: string): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(made);
  for (const { statement } of rows) await client.query(statement);
  expect(rows).toHaveLength(1);
}

async function untilIndexingWaits(): Promise<void> {
  const waiting = `select from pg_stat_activity where application_name = 'bestendig rebuild (index)' and datname = current_database() and wait_event_type = 'Lock'`;
  await withClient(database.url, async (client) => {
    while ((await client.query(waiting)).rowCount !== 1) await sleep(20);
  });
}

test.each(['a primary key', 'an index'] as const)(
  'a rebuild waits for %s that a killed one left being made, and goes on with it',
  async (what) => {
    await stopBeforeIndexes();
    await withClient(database.url, async (leftBehind) => {
      for (const statement of LEFT[what].made) await execute(leftBehind, statement);
      await leftBehind.query('begin');
      await execute(leftBehind, LEFT[what].begun);
      const rebuilding = rebuildHere();
      await Promise.race([rebuilding, untilIndexingWaits()]);
      await leftBehind.query('commit');
      expect(await rebuilding).toMatchObject({ outcome: 'switched', schema: 'read_model_2', compared: 'sameAsLive' });
    });
    expect(await indexesOf('read_model_2')).toEqual(await indexesOf('read_model_1'));
  },
);
