import type { ClientBase, Pool } from 'pg';
import { instantText, type Generation } from './generations';

/** A placement whose fold throws, and the event from which on its events are left out. */
export type Quarantined = {
  readonly placementId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Of the event: it and all that follow it in the placement's stream are left out. */
  readonly revision: number;
  /** Of the event. */
  readonly knownTime: string;
  /**
   * The last moment of which it was found that something throws: the event's, or that of a policy row which became known
   * later. What becomes known at or before it may change what is found.
   */
  readonly thrownAt: string;
  readonly error: string;
};

export type QuarantinedPlacement = Quarantined & {
  /** How often it was folded again, in vain. */
  readonly attempts: number;
  readonly quarantinedAt: string;
  /** When it is folded again. */
  readonly retryAt: string;
};

/** What a fold found. */
export type QuarantineChange = {
  /** Placements that were in quarantine and were folded whole. */
  readonly released: readonly string[];
  /** Those that threw, or threw again. */
  readonly found: readonly Quarantined[];
  /** Those whose time to be folded again had come. */
  readonly retried: readonly string[];
};

/** Waits grow from a minute to a day. */
const RETRY_AT = (attempts: string): string =>
  `clock_timestamp() + least(interval '1 day', interval '1 minute' * power(2, least(${attempts}, 11)))`;

const IS_RETRIED = 'held.placement_id = any($3::text[]::uuid[])';

/**
 * Puts placements in quarantine; of one that is there already the event and the error are replaced. In the caller's
 * transaction.
 */
export async function writeQuarantined(
  client: ClientBase,
  generation: number,
  quarantined: readonly Quarantined[],
  retried: readonly string[] = [],
): Promise<void> {
  if (quarantined.length === 0) return;
  await client.query(
    `insert into read_store.quarantine as held
       (generation, placement_id, event_id, event_type, revision, known_time, thrown_at, error, retry_at)
     select $1, f."placementId", f."eventId", f."eventType", f.revision, f."knownTime", f."thrownAt", f.error, ${RETRY_AT('0')}
     from jsonb_to_recordset($2::jsonb) as f ("placementId" uuid, "eventId" text, "eventType" text, revision integer,
       "knownTime" timestamptz, "thrownAt" timestamptz, error text)
     on conflict (generation, placement_id) do update set
       event_id = excluded.event_id, event_type = excluded.event_type, revision = excluded.revision,
       known_time = excluded.known_time, thrown_at = excluded.thrown_at, error = excluded.error,
       attempts = held.attempts + case when ${IS_RETRIED} then 1 else 0 end,
       retry_at = case when ${IS_RETRIED} then ${RETRY_AT('held.attempts + 1')} else held.retry_at end`,
    [generation, JSON.stringify(quarantined.map(storable)), retried],
  );
}

/** PostgreSQL's text holds no NUL, and its JSON no half of a surrogate pair. */
const storable = (entry: Quarantined): Quarantined => ({
  ...entry,
  eventType: textOf(entry.eventType),
  error: textOf(entry.error),
});
const textOf = (text: string): string => Buffer.from(text.replaceAll('\0', '\uFFFD')).toString();

/** In the caller's transaction. */
export async function writeQuarantineChange(
  client: ClientBase,
  generation: number,
  { released, found, retried }: QuarantineChange,
): Promise<void> {
  const again = new Set(found.map(({ placementId }) => placementId));
  const gone = released.filter((placementId) => !again.has(placementId));
  if (gone.length > 0) {
    await client.query(
      'delete from read_store.quarantine where generation = $1 and placement_id = any($2::text[]::uuid[])',
      [generation, gone],
    );
  }
  await writeQuarantined(client, generation, found, retried);
}

const SELECT = `
  select q.placement_id as "placementId", q.event_id as "eventId", q.event_type as "eventType", q.revision,
    ${instantText('q.known_time')} as "knownTime", ${instantText('q.thrown_at')} as "thrownAt", q.error, q.attempts,
    ${instantText('q.quarantined_at')} as "quarantinedAt", ${instantText('q.retry_at')} as "retryAt"
  from read_store.quarantine q`;

/** Asked before every page: nearly always there is none. */
export async function hasQuarantined(client: ClientBase, generation: number): Promise<boolean> {
  const { rows } = await client.query({
    name: 'has_quarantined',
    text: 'select from read_store.quarantine where generation = $1 limit 1',
    values: [generation],
  });
  return rows.length > 0;
}

/** Those of these placements that are in quarantine. */
export async function quarantinedAmong(
  client: ClientBase,
  generation: number,
  placementIds: readonly string[],
): Promise<readonly QuarantinedPlacement[]> {
  const text = `${SELECT} where q.generation = $1 and q.placement_id = any($2::text[]::uuid[])`;
  return (await client.query<QuarantinedPlacement>(text, [generation, placementIds])).rows;
}

/** Those of which what becomes known at a moment, or later, may change what was found. */
export async function quarantinedSince(
  client: ClientBase,
  generation: number,
  moment: string,
): Promise<readonly QuarantinedPlacement[]> {
  const text = `${SELECT} where q.generation = $1 and q.thrown_at >= $2 order by q.placement_id`;
  return (await client.query<QuarantinedPlacement>(text, [generation, moment])).rows;
}

/** Those whose time to be folded again has come, longest waiting first. */
export async function quarantinedDue(
  client: ClientBase,
  generation: number,
  limit: number,
): Promise<readonly QuarantinedPlacement[]> {
  const { rows } = await client.query<QuarantinedPlacement>({
    name: 'quarantined_due',
    text: `${SELECT} where q.generation = $1 and q.retry_at <= clock_timestamp() order by q.retry_at, q.placement_id limit $2`,
    values: [generation, limit],
  });
  return rows;
}

/** In order of their ids. */
export async function listQuarantined(
  db: Pool | ClientBase,
  { number }: Pick<Generation, 'number'>,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly QuarantinedPlacement[]> {
  const text = `${SELECT} where q.generation = $1 and ($2::uuid is null or q.placement_id > $2) order by q.placement_id limit $3`;
  return (await db.query<QuarantinedPlacement>(text, [number, page.after, page.limit])).rows;
}

/** Has placements folded again now: these, or all. Gives how many are in quarantine among them. */
export async function retryNow(
  db: Pool | ClientBase,
  generation: number,
  placementIds: readonly string[] | null,
): Promise<number> {
  const { rowCount } = await db.query(
    `update read_store.quarantine set retry_at = clock_timestamp()
     where generation = $1 and ($2::text[] is null or placement_id = any($2::text[]::uuid[]))`,
    [generation, placementIds],
  );
  return rowCount ?? 0;
}
