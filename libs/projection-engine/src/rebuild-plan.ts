import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EventStore, Instant, Position } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { arrayText } from './array-text';
import { placementOfStream, uuidOrNull } from './opaque-ids';
import { namedCandidates } from './persons';

/** Placements of one part, about: what a worker holds at once is a piece of it, what a kill loses is one part for each worker. */
const PART_PLACEMENTS = 1_000;
/** So that a file for each, being filled, takes bounded memory. */
const PARTS_MAX = 4_096;
const PAGE_STREAMS = 10_000;
const PAGE_EVENTS = 5_000;

/** How the log up to one position is folded in parts that have nothing to do with each other. Kept beside the build's tables. */
export type RebuildPlan = Point & { readonly parts: readonly Part[] };
/** A position of the log with the last two known times up to it. */
export type Point = {
  readonly upTo: Position;
  readonly appliedKnownTime: Instant | null;
  readonly knownTimeBefore: Instant | null;
};
export type Part = { readonly number: number; readonly done: boolean; readonly events: number };

/** The plan of a build that was begun before; null where there is none. */
export async function readPlan(client: ClientBase, schema: string): Promise<RebuildPlan | null> {
  const { rows: made } = await client.query(`select from pg_class where oid = to_regclass('${schema}.rebuild_part')`);
  if (made.length === 0) return null;
  const { rows: plans } = await client.query<Point>(
    `select up_to as "upTo", known_time as "appliedKnownTime", known_time_before as "knownTimeBefore" from ${schema}.rebuild_plan`,
  );
  const { rows: parts } = await client.query<Part>(
    `select number, done, coalesce(events, 0)::float8 as events from ${schema}.rebuild_part order by number`,
  );
  const [plan] = plans;
  return plan === undefined ? null : { ...plan, parts };
}

/** Facts that may name a person. */
export const CANDIDATE_TYPES = ['PlacementRegistered', 'FactCorrected'] as const;

/** What a plan is made from, in lines of text as COPY takes them. */
export type PlanSource = {
  /** `placement` */
  placements(): Iterable<string> | AsyncIterable<string>;
  /** `placement`, tab, `candidate`: whom a placement's facts name. */
  candidates(): Iterable<string> | AsyncIterable<string>;
};

/** Is told how long a page took, and may wait. */
type AfterPage = (workedMs: number) => Promise<void>;

export const planFromStore = (store: EventStore, upTo: Position, afterPage: AfterPage): PlanSource => ({
  placements: () => paced(placementsIn(store), afterPage),
  candidates: () => paced(candidatesIn(store, upTo), afterPage),
});

async function* paced(pages: AsyncIterable<string>, afterPage: AfterPage): AsyncGenerator<string> {
  let begun = performance.now();
  for await (const page of pages) {
    yield page;
    await afterPage(performance.now() - begun);
    begun = performance.now();
  }
}

/**
 * Divides all placements into parts such that placements that are, were or may be of the same persons are in one. In the
 * caller's transaction: a plan is there whole or not at all.
 */
export async function makePlan(
  client: ClientBase,
  source: PlanSource,
  schema: string,
  { upTo, appliedKnownTime, knownTimeBefore }: Point,
): Promise<void> {
  await client.query('set local enable_seqscan = on; set local enable_hashjoin = on; set local enable_mergejoin = on');
  await client.query(`create table ${schema}.rebuild_stream (placement uuid not null)`);
  await copyInto(client, `${schema}.rebuild_stream (placement)`, source.placements());
  await client.query(`create table ${schema}.rebuild_candidate (placement uuid not null, candidate uuid not null)`);
  await copyInto(client, `${schema}.rebuild_candidate (placement, candidate)`, source.candidates());
  await client.query(`create table ${schema}.rebuild_joined (candidate uuid primary key, person uuid not null)`);
  const joined = await joinedPersons(client, schema);
  await client.query(`insert into ${schema}.rebuild_joined select * from unnest($1::uuid[], $2::uuid[])`, joined);
  await client.query(`
    create table ${schema}.rebuild_placement as
      select placement, person, mod(abs(hashtextextended(person::text, 0) / 2), parts)::int as part
      from (
        select placement, coalesce(person, candidate, placement) as person
        from ${schema}.rebuild_stream
        left join (select placement, min(candidate::text)::uuid as candidate from ${schema}.rebuild_candidate group by 1) named using (placement)
        left join ${schema}.rebuild_joined using (candidate)
      ) of_person
      cross join (select least(${PARTS_MAX}, greatest(1, count(*) / ${PART_PLACEMENTS})) as parts from ${schema}.rebuild_stream) divided`);
  await client.query(`create index on ${schema}.rebuild_placement (part, person)`);
  await client.query(`
    create table ${schema}.rebuild_part as
      select part as number, false as done, null::bigint as events, null::timestamptz as as_reported_from
      from ${schema}.rebuild_placement group by 1`);
  await client.query(
    `create table ${schema}.rebuild_plan (up_to text not null, known_time text, known_time_before text)`,
  );
  await client.query(`insert into ${schema}.rebuild_plan values ($1, $2, $3)`, [
    upTo,
    appliedKnownTime,
    knownTimeBefore,
  ]);
  await client.query(`drop table ${schema}.rebuild_stream, ${schema}.rebuild_candidate, ${schema}.rebuild_joined`);
}

/** When all parts are done. In the caller's transaction. */
export async function dropPlan(client: ClientBase, schema: string): Promise<void> {
  await client.query(
    `drop table if exists ${schema}.rebuild_placement, ${schema}.rebuild_part, ${schema}.rebuild_plan, ${schema}.rebuild_copy`,
  );
}

async function copyInto(
  client: ClientBase,
  target: string,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  await pipeline(Readable.from(lines), client.query(copyFrom(`copy ${target} from stdin`)));
}

async function* placementsIn(store: EventStore): AsyncGenerator<string> {
  let after: string | null = null;
  for (;;) {
    const streams: readonly string[] = await store.streamsOf('placement', after, PAGE_STREAMS);
    const last = streams.at(-1);
    if (last === undefined) return;
    after = last;
    const placements = streams.map(placementOfStream).filter((placement) => placement !== null);
    yield placements.map((placement) => `${placement}\n`).join('');
  }
}

/** Every person that a placement's registrations, or corrections of them, name. */
async function* candidatesIn(store: EventStore, upTo: Position): AsyncGenerator<string> {
  const filter = { categories: ['placement'], types: CANDIDATE_TYPES };
  let from: Position | null = null;
  for (;;) {
    const page = await store.readAll(from, { filter, limit: PAGE_EVENTS });
    let lines = '';
    for (const event of page.events) {
      if (store.comparePositions(event.position, upTo) > 0) break;
      const placement = placementOfStream(event.stream);
      if (placement === null) continue;
      for (const candidate of namedCandidates([toPlacementEvent(event)]))
        if (uuidOrNull(candidate) !== null) lines += `${placement}\t${candidate}\n`;
    }
    yield lines;
    if (page.atHead || page.next === null || store.comparePositions(page.next, upTo) >= 0) return;
    from = page.next;
  }
}

/** Persons that share a placement at some time, by a name for all of them: [candidates, names]. Few placements name two. */
async function joinedPersons(client: ClientBase, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ candidates: readonly string[] }>(
    `select array_agg(distinct candidate::text) as candidates from ${schema}.rebuild_candidate
     group by placement having count(distinct candidate) > 1`,
  );
  const nameOf = new Map<string, string>();
  const find = (candidate: string): string => {
    let name = candidate;
    for (let next = nameOf.get(name); next !== undefined && next !== name; next = nameOf.get(name)) name = next;
    nameOf.set(candidate, name);
    return name;
  };
  for (const { candidates } of rows) {
    const [first = '', ...others] = candidates.map(find);
    for (const other of others) nameOf.set(other, first);
  }
  const all = [...nameOf.keys()];
  return [arrayText(all), arrayText(all.map(find))];
}
