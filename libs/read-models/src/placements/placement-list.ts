import type { Day } from '@bestendig/placement-domain';
import type { ReadStore } from '@bestendig/read-store';
import { UUID } from '@bestendig/projection-engine';
import type { Cut } from '../cut';
import { pageOf, readCursor, type ListCursor, type ListPage } from '../list-cursor';

/** A placement at a glance, as it was last said to be. Null: not known. */
export type PlacementItem = {
  readonly placementId: string;
  readonly candidateId: string | null;
  readonly registeredOn: Day | null;
  readonly registrationKind: 'newJob' | 'existingWorker' | null;
  readonly inTargetGroup: 'yes' | 'no' | 'unknown' | null;
  readonly employerId: string | null;
  readonly sector: string | null;
  readonly region: string | null;
  readonly arrangement: string | null;
  readonly hoursPerWeek: number | null;
  readonly source: string | null;
  /** First day of paid employment. */
  readonly firstDay: Day | null;
  /** Recorded last day of the last spell. */
  readonly lastDay: Day | null;
  readonly plannedEnd: Day | null;
  readonly spells: number;
  readonly parkedFacts: number;
};

export type PlacementFilter = {
  readonly employerId?: string;
  readonly sector?: string;
  readonly region?: string;
  readonly arrangement?: string;
  readonly source?: string;
};

/** Column of each filter. */
const FILTERS: { readonly [filter in keyof Required<PlacementFilter>]: string } = {
  employerId: 'employer_id',
  sector: 'sector',
  region: 'region',
  arrangement: 'arrangement',
  source: 'source',
};

const SELECT = `placement_id as "placementId", candidate_id as "candidateId", registered_on::text as "registeredOn", registration_kind as "registrationKind",
  in_target_group as "inTargetGroup", employer_id as "employerId", sector, region, arrangement, hours_per_week as "hoursPerWeek", source,
  first_day::text as "firstDay", last_day::text as "lastDay", planned_end::text as "plannedEnd", spells, parked_facts as "parkedFacts"`;
const HELD = 'known_from <= $1::timestamptz and known_to > $1::timestamptz';

/** A cursor of this list; null where the text is none. */
export const placementCursor = (text: string): ListCursor | null => readCursor(text, [UUID]);

/** Placements as known at the cut, by id. With a cursor, the cut must be at its moment. */
export async function listPlacements(
  readStore: ReadStore,
  cut: Cut,
  asked: { readonly limit: number; readonly cursor?: ListCursor; readonly filter?: PlacementFilter },
): Promise<ListPage<PlacementItem>> {
  const values: (string | number)[] = [cut.knownAt, asked.limit + 1];
  const where = [HELD];
  for (const [filter, value] of Object.entries(asked.filter ?? {})) {
    const column = isFilter(filter) ? FILTERS[filter] : null;
    if (column === null || value === undefined) continue;
    values.push(value);
    where.push(`${column} = $${values.length}`);
  }
  const [after] = asked.cursor?.after ?? [];
  if (after !== undefined) {
    values.push(after);
    where.push(`placement_id > $${values.length}::uuid`);
  }
  const { rows } = await readStore.pool.query<PlacementItem>(
    `select ${SELECT} from ${cut.generation.schema}.placement where ${where.join(' and ')} order by placement_id limit $2`,
    values,
  );
  return pageOf(rows, asked.limit, cut.knownAt, ({ placementId }) => [placementId]);
}

const isFilter = (name: string): name is keyof PlacementFilter => Object.hasOwn(FILTERS, name);

/** Placements of one person, as known at the cut, by id. */
export async function placementIdsOfCandidate(
  readStore: ReadStore,
  cut: Cut,
  candidateId: string,
): Promise<readonly string[]> {
  if (!UUID.test(candidateId)) return [];
  const { rows } = await readStore.pool.query<{ id: string }>(
    `select placement_id as id from ${cut.generation.schema}.placement where ${HELD} and candidate_id = $2 order by placement_id`,
    [cut.knownAt, candidateId],
  );
  return rows.map(({ id }) => id);
}

/** The placements of these ids that are known at the cut, by id. */
export async function placementsById(
  readStore: ReadStore,
  cut: Cut,
  placementIds: readonly string[],
): Promise<readonly PlacementItem[]> {
  const { rows } = await readStore.pool.query<PlacementItem>(
    `select ${SELECT} from ${cut.generation.schema}.placement where ${HELD} and placement_id = any($2::uuid[]) order by placement_id`,
    [cut.knownAt, placementIds.filter((id) => UUID.test(id))],
  );
  return rows;
}
