import { inTransaction } from '@bestendig/postgres';
import {
  createGeneration,
  liveGeneration,
  lockSet,
  makeLive,
  migrateReadStore,
  writeQuarantined,
  type Generation,
} from '@bestendig/read-store';
import type { Client, ClientBase } from 'pg';
import { connectForWriting } from './apply-page';
import { createBareTables, createIndexes, writeChangeSet } from './change-set';
import type { PlacementHistory } from './fold';
import { fingerprintOf, tablesOf, type ProjectionSet } from './projection';
import { foldSound } from './quarantine';

/** A new build with bare tables. In the caller's transaction, under the set's lock. */
export function beginBuild(client: ClientBase, set: ProjectionSet): Promise<Generation> {
  return createGeneration(client, {
    set: set.name,
    fingerprint: fingerprintOf(set),
    createTables: (session, schema) => createBareTables(session, set, schema),
  });
}

/** Makes an empty build live where there is none yet: the first start. */
export function startFirstBuild(client: Client, set: ProjectionSet): Promise<void> {
  return inTransaction(client, async () => {
    await lockSet(client, set.name);
    if ((await liveGeneration(client, set.name)) !== null) return;
    const { number, schema } = await beginBuild(client, set);
    for (const table of tablesOf(set)) await createIndexes(client, table, schema);
    await makeLive(client, set.name, number);
  });
}

/**
 * Fills the first build straight from placements, without a log: for tests and benches that are about answers. Placements
 * of one person must be in one of the groups given.
 */
export async function loadHistories(
  set: ProjectionSet,
  databaseUrl: string,
  groups: Iterable<readonly Omit<PlacementHistory, 'from'>[]>,
): Promise<Generation> {
  await migrateReadStore(databaseUrl);
  const client = await connectForWriting(databaseUrl);
  try {
    await startFirstBuild(client, set);
    const live = await liveGeneration(client, set.name);
    if (live === null) throw new Error('A build that was just made is not there.');
    for (const group of groups) {
      const { changes, quarantined } = foldSound(set, group);
      await writeChangeSet(client, set, live.schema, changes);
      await writeQuarantined(client, live.number, quarantined);
    }
    for (const { name } of tablesOf(set)) await client.query(`vacuum (analyze) ${live.schema}.${name}`);
    return (await liveGeneration(client, set.name)) ?? live;
  } finally {
    await client.end();
  }
}
