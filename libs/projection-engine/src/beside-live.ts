import {
  liveGeneration,
  lockGeneration,
  ReadStoreError,
  type Difference,
  type Generation,
} from '@bestendig/read-store';
import type { Client } from 'pg';
import { connectForWriting } from './apply-page';
import { checksumOf, commonColumns, differencesOf, wholeRows, type TableChecksum } from './checksum';
import { othersAreServed } from './making-way';
import { fingerprintOf, type ProjectionSet } from './projection';

/**
 * `otherThanLive`: the same definitions and other rows; `otherDefinition`: folds, tables or policies had changed;
 * `firstBuild`: nothing was live.
 */
export type Compared = 'sameAsLive' | 'otherThanLive' | 'otherDefinition' | 'firstBuild';

export type BesideLive = {
  readonly compared: Compared;
  readonly events: number;
  readonly checksum: readonly TableChecksum[];
  readonly differences: readonly Difference[];
};

/** The same version made other rows than live holds. */
export class RebuildDiffers extends ReadStoreError {
  constructor(readonly differences: readonly Difference[]) {
    const described = differences.map(({ table, liveRows, builtRows, parts, examples }) => `${table}: ${liveRows} rows live, ${builtRows} rebuilt, ${parts} parts differ, e.g. ${examples.join(', ')}.`); // prettier-ignore
    super('checksumDiffers', `The rebuilt read models differ from the live ones at the same position; live was left as it was. ${described.join(' ')}`); // prettier-ignore
  }
}

/**
 * Compares a build with live at one point of the log. Live is held for as long as it takes the build to come to where it
 * is, and to take a snapshot there; both are then summed in that snapshot while live goes on.
 *
 * @param catchUp brings the build to where live is; null where that was given up: then so is this.
 */
export async function besideLive(
  { set, databaseUrl }: { readonly set: ProjectionSet; readonly databaseUrl: string },
  client: Client,
  catchUp: () => Promise<Generation | null>,
): Promise<BesideLive | null> {
  // With the settings of the other session: rows are compared by their text.
  const holder = await connectForWriting(databaseUrl);
  try {
    await holder.query('begin');
    const current = await liveGeneration(holder, set.name);
    const live = current === null ? null : await lockGeneration(holder, current.number);
    const build = await catchUp();
    if (build === null) return null;
    await client.query('begin isolation level repeatable read read only');
    await client.query('set local enable_seqscan = on; set local enable_hashjoin = on');
    // Only a question takes the snapshot: it must be taken before live moves on.
    const { rows } = await client.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    await holder.query('commit');
    await holder.query('begin isolation level repeatable read read only');
    await holder.query(`set transaction snapshot '${rows[0]?.snapshot ?? ''}'`);
    const events = build.appliedEvents;
    if (live === null)
      return { compared: 'firstBuild', events, checksum: await checksumOf(client, set, build.schema), differences: [] };
    const isSameVersion = live.fingerprint === fingerprintOf(set);
    const looked = isSameVersion ? wholeRows(set) : await commonColumns(client, set, [live.schema, build.schema]);
    const sumBuilt = (): Promise<readonly TableChecksum[]> => checksumOf(client, set, build.schema, looked);
    const sumLive = (): Promise<readonly TableChecksum[]> => checksumOf(holder, set, live.schema, looked);
    const [built, other] = (await othersAreServed(client))
      ? [await sumBuilt(), await sumLive()]
      : await bothDone(sumBuilt(), sumLive());
    const differences = await differencesOf(
      client,
      set,
      { schema: live.schema, checksum: other },
      { schema: build.schema, checksum: built },
      looked,
    );
    const same = differences.length === 0 ? 'sameAsLive' : 'otherThanLive';
    return { compared: isSameVersion ? same : 'otherDefinition', events, checksum: built, differences };
  } finally {
    await client.query('rollback').catch(() => undefined);
    await holder.end().catch(() => undefined);
  }
}

/** Waits for both, also where one fails: its connection is used again. */
async function bothDone<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}
