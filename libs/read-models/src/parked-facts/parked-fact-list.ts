import type { FactType, ParkedReason } from '@bestendig/placement-domain';
import { instantText, type ReadStore } from '@bestendig/read-store';
import { UUID } from '@bestendig/projection-engine';
import type { Cut } from '../cut';
import { pageOf, readCursor, type ListCursor, type ListPage } from '../list-cursor';

/** A fact that is in the log but does not count (yet), and why. */
export type ParkedFactItem = {
  readonly placementId: string;
  readonly eventId: string;
  readonly type: FactType;
  readonly reason: ParkedReason;
  /** The fact it gives way to, where there is one. */
  readonly because: string | null;
  readonly effectiveDate: string;
  readonly recordedAt: string;
  readonly reportedAt: string | null;
  readonly source: string | null;
  readonly messageId: string;
};

export type ParkedFactFilter = {
  readonly placementId?: string;
  readonly reason?: ParkedReason;
  readonly type?: FactType;
  readonly source?: string;
};

const COLUMNS: { readonly [filter in keyof Required<ParkedFactFilter>]: string } = {
  placementId: 'placement_id::text',
  reason: 'reason',
  type: 'type',
  source: 'source',
};

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** A cursor of this list; null where the text is none. */
export const parkedFactCursor = (text: string): ListCursor | null => readCursor(text, [INSTANT, UUID, UUID]);

/** Parked facts as known at the cut, those waiting longest first. With a cursor, the cut must be at its moment. */
export async function listParkedFacts(
  readStore: ReadStore,
  cut: Cut,
  asked: { readonly limit: number; readonly cursor?: ListCursor; readonly filter?: ParkedFactFilter },
): Promise<ListPage<ParkedFactItem>> {
  const values: (string | number)[] = [cut.knownAt, asked.limit + 1];
  const where = ['known_from <= $1::timestamptz', 'known_to > $1::timestamptz'];
  for (const [filter, value] of Object.entries(asked.filter ?? {})) {
    const column = isFilter(filter) ? COLUMNS[filter] : null;
    if (column === null || value === undefined) continue;
    values.push(value);
    where.push(`${column} = $${values.length}`);
  }
  if (asked.cursor !== undefined) {
    const at = values.push(...asked.cursor.after) - 2;
    where.push(`(recorded_at, placement_id, event_id) > ($${at}::timestamptz, $${at + 1}::uuid, $${at + 2}::uuid)`);
  }
  const { rows } = await readStore.pool.query<ParkedFactItem>(
    `select placement_id as "placementId", event_id as "eventId", type, reason, because, effective_date as "effectiveDate",
       ${instantText('recorded_at')} as "recordedAt", reported_at as "reportedAt", source, message_id as "messageId"
     from ${cut.generation.schema}.parked_fact where ${where.join(' and ')} order by recorded_at, placement_id, event_id limit $2`,
    values,
  );
  return pageOf(rows, asked.limit, cut.knownAt, ({ recordedAt, placementId, eventId }) => [
    recordedAt,
    placementId,
    eventId,
  ]);
}

const isFilter = (name: string): name is keyof ParkedFactFilter => Object.hasOwn(COLUMNS, name);
