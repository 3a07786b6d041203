import { randomUUID } from 'node:crypto';
import type { EventStore } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import { quarantinedAmong, type Generation } from '@bestendig/read-store';
import type { ClientBase } from 'pg';
import { arrayText } from './array-text';
import { writeChangeSet } from './change-set';
import type { PlacementHistory } from './fold';
import { placementOfStream, streamOfPlacement, uuidOrNull } from './opaque-ids';
import { namedCandidates } from './persons';
import { tablesOf, type ProjectionSet } from './projection';
import { foldSound } from './quarantine';

const SAMPLE_PLACEMENTS = 20;
/** Persons with so many placements are not looked at. */
const PLACEMENTS_MAX = 400;

type Live = {
  readonly set: ProjectionSet;
  readonly store: EventStore;
  readonly client: ClientBase;
  readonly live: Generation;
};

/**
 * Folds a few persons' placements, others each time, and compares with the rows that live holds of them: a fold that was
 * changed without a new version is found before anything is built on it. Nothing is stored.
 *
 * @returns the tables that differ
 */
export async function tablesThatDiffer(where: Live): Promise<readonly string[]> {
  const histories = await someHistories(where);
  const ids = histories.map(({ placementId }) => placementId);
  const { set, client, live } = where;
  // What threw in another program may not throw in this one.
  if (ids.length === 0 || (await quarantinedAmong(client, live.number, ids)).length > 0) return [];
  await client.query('begin');
  try {
    for (const { name } of tablesOf(set))
      await client.query(`create temp table ${name} (like ${live.schema}.${name}) on commit drop`);
    await writeChangeSet(client, set, 'pg_temp', foldSound(set, histories).changes);
    const differ: string[] = [];
    for (const { name, key } of tablesOf(set)) {
      const held = `select * from ${live.schema}.${name} where ${key[0]?.name ?? ''} = any($1::uuid[])`;
      const { rows } = await client.query(
        `(table pg_temp.${name} except all ${held}) union all (${held} except all table pg_temp.${name}) limit 1`,
        [arrayText(ids)],
      );
      if (rows.length > 0) differ.push(name);
    }
    return differ;
  } finally {
    await client.query('rollback').catch(() => undefined);
  }
}

/** Placements from anywhere, with all others of their persons, as live knows them. */
async function someHistories({ store, client, live }: Live): Promise<readonly Omit<PlacementHistory, 'from'>[]> {
  const { position } = live;
  if (position === null) return [];
  const sampled = await store.streamsOf('placement', streamOfPlacement(randomUUID()), SAMPLE_PLACEMENTS);
  const streams = sampled.length > 0 ? sampled : await store.streamsOf('placement', null, SAMPLE_PLACEMENTS);
  const histories = new Map<string, Omit<PlacementHistory, 'from'>>();
  let fresh = streams.map(placementOfStream).filter((placement) => placement !== null);
  while (fresh.length > 0) {
    const read = await store.readStreams(fresh.map(streamOfPlacement));
    for (const placementId of fresh) {
      const told = read.get(streamOfPlacement(placementId)) ?? [];
      const events = told
        .filter((event) => store.comparePositions(event.position, position) <= 0)
        .map(toPlacementEvent);
      histories.set(placementId, { placementId, events });
    }
    const candidates = [...histories.values()]
      .flatMap(({ events }) => namedCandidates(events))
      .filter((id) => uuidOrNull(id) !== null);
    const { rows } = await client.query<{ placement: string }>(
      `select distinct placement_id as placement from ${live.schema}.placement where candidate_id = any($1::uuid[]) limit ${PLACEMENTS_MAX}`,
      [arrayText(candidates)],
    );
    if (rows.length === PLACEMENTS_MAX) return [];
    fresh = rows.map(({ placement }) => placement).filter((placement) => !histories.has(placement));
  }
  return [...histories.values()].filter(({ events }) => events.length > 0);
}
