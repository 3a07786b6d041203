import {
  createGeneration,
  liveGeneration,
  lockSet,
  makeLive,
  openReadStore,
  type Generation,
} from '@bestendig/read-store';
import type { Client } from 'pg';
import { connectForWriting } from './apply-page';
import { createIndexes, createTables, TABLES, writeChangeSet } from './change-set';
import { foldAll, type PlacementHistory } from './fold';
import { FINGERPRINT, READ_MODELS } from './read-model-set';

/** Makes an empty build live where there is none yet: the first start. */
export async function startFirstBuild(client: Client): Promise<void> {
  await client.query('begin');
  try {
    await lockSet(client, READ_MODELS);
    if ((await liveGeneration(client, READ_MODELS)) === null) {
      const { number, schema } = await createGeneration(client, {
        set: READ_MODELS,
        fingerprint: FINGERPRINT,
        createTables,
      });
      await createIndexes(client, schema);
      await makeLive(client, READ_MODELS, number);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/**
 * Fills the first build straight from placements, without a log: for tests and benches that are about answers. Placements
 * of one person must be in one of the groups given.
 */
export async function loadReadModels(
  databaseUrl: string,
  groups: Iterable<readonly Omit<PlacementHistory, 'from'>[]>,
): Promise<Generation> {
  await (await openReadStore(databaseUrl)).close();
  const client = await connectForWriting(databaseUrl);
  try {
    await startFirstBuild(client);
    const live = await liveGeneration(client, READ_MODELS);
    if (live === null) throw new Error('A build that was just made is not there.');
    for (const group of groups) await writeChangeSet(client, live.schema, foldAll(group));
    for (const { name } of TABLES) await client.query(`vacuum (analyze) ${live.schema}.${name}`);
    return live;
  } finally {
    await client.end();
  }
}
