import { inTransaction } from '@bestendig/postgres';
import type { ClientBase, Pool } from 'pg';
import { SELECT_DELIVERY, SET_ASIDE } from './columns';
import { countedThrough, countsWhere, countTail } from './counted';
import type { Delivery, Outcome } from './delivery';

/** Days of a summary where nobody says which, and at most. */
export const SUMMARY_DAYS = 30;
export const SUMMARY_DAYS_MAX = 366;
/** Sources of one summary: those that were heard of last. */
const SOURCES_MAX = 200;
const OFFENDERS_MAX = 5;
const FIELDS_MAX = 5;
/** The latest deliveries of an offender in which fields are counted. */
const FIELDS_OF_DELIVERIES = 200;

export type SummaryFilter = {
  /** Days of receipt (Europe/Amsterdam), both inclusive. */
  readonly from: string;
  readonly until: string;
  readonly source?: string;
  /** Only sources that begin so: those of one organisation. */
  readonly sourcePrefix?: string;
};

export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** What was set aside most often. */
export type Offender = {
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly count: number;
  /** Those most often wrong in its latest deliveries: in how many of them. */
  readonly fields: readonly { readonly field: string; readonly count: number }[];
  /** The latest. */
  readonly example: Delivery;
};

export type Tally = {
  readonly outcomes: OutcomeCounts;
  /** Newest first; days without a delivery are left out. */
  readonly days: readonly { readonly day: string; readonly outcomes: OutcomeCounts }[];
  readonly offenders: readonly Offender[];
};

export type IntakeSummary = {
  /** The one heard of last is first. */
  readonly sources: readonly (Tally & { readonly source: string; readonly last: Delivery })[];
  /** How many more had deliveries in the period. */
  readonly sourcesLeftOut: number;
  /** Of what names no source: it could not be read, or may hold a BSN. Null where sources were asked for. */
  readonly withoutSource: Tally | null;
};

type SourceRow = { readonly source: string; readonly last: string; readonly all: number };
type DayRow = {
  readonly source: string | null;
  readonly day: string;
  readonly outcome: Outcome;
  readonly count: number;
};
type OffenderRow = Omit<Offender, 'example'> & { readonly source: string | null; readonly last: string };

/** What became of the deliveries of a period, by source. */
export async function summaryOf(pool: Pool, filter: SummaryFilter): Promise<IntakeSummary> {
  await countTail(pool);
  const client = await pool.connect();
  try {
    return await inTransaction(client, async () => {
      await client.query('set transaction isolation level repeatable read, read only');
      return summarise(client, filter);
    });
  } finally {
    client.release();
  }
}

async function summarise(client: ClientBase, filter: SummaryFilter): Promise<IntakeSummary> {
  const { from, until, source, sourcePrefix } = filter;
  const period = [from, until, await countedThrough(client)];
  const isAsked = `source is not null and ($4::text is null or source = $4) and ($5::text is null or source ^@ $5)`;
  const heard = await client.query<SourceRow>(
    `select source, max(last_seen)::text as last, count(*) over ()::float8 as all from (${countsWhere(isAsked)}) counts
     group by source order by max(last_seen) desc limit ${SOURCES_MAX}`,
    [...period, source ?? null, sourcePrefix ?? null],
  );
  const names = heard.rows.map((row) => row.source);
  const ofSources = await talliesOf(client, period, {
    condition: 'source = any($4::text[])',
    same: 'd.source = o.source',
    values: [names],
  });
  const all = source === undefined && sourcePrefix === undefined;
  const unnamed = all
    ? await talliesOf(client, period, { condition: 'source is null', same: 'd.source is null', values: [] })
    : null;
  const offenders = [ofSources, unnamed].flatMap((tallies) => [...(tallies?.offenders.values() ?? [])].flat());
  const seen = [...heard.rows, ...offenders].map(({ last }) => last);
  const deliveries = await client.query<Delivery>(`${SELECT_DELIVERY} where seen = any($1::bigint[])`, [seen]);
  const bySeen = new Map(deliveries.rows.map((row) => [row.seen, row]));
  return {
    sources: heard.rows.map(({ source: name, last }) => ({
      source: name,
      last: found(bySeen, last),
      ...tally(ofSources, name, bySeen),
    })),
    sourcesLeftOut: (heard.rows[0]?.all ?? 0) - names.length,
    withoutSource: unnamed === null ? null : tally(unnamed, null, bySeen),
  };
}

/** By source. */
type Tallies = {
  readonly days: ReadonlyMap<string | null, readonly DayRow[]>;
  readonly offenders: ReadonlyMap<string | null, readonly OffenderRow[]>;
};
/** Which rows are meant. No index finds what `is not distinct from` says, so those without a source are asked for apart. */
type Meant = { readonly condition: string; readonly same: string; readonly values: readonly unknown[] };

async function talliesOf(
  client: ClientBase,
  period: readonly string[],
  { condition, same, values }: Meant,
): Promise<Tallies> {
  const counts = countsWhere(condition);
  const days = await client.query<DayRow>(
    `select source, to_char(day, 'YYYY-MM-DD') as day, outcome, sum(deliveries)::float8 as count from (${counts}) counts group by 1, 2, 3 order by day desc`,
    [...period, ...values],
  );
  const offenders = await client.query<OffenderRow>(
    `with o as (
       select source, outcome, reason, sum(deliveries) as count, min(first_seen) as first, max(last_seen) as last,
         row_number() over (partition by source order by sum(deliveries) desc, outcome, reason) as place
       from (${counts}) counts where ${SET_ASIDE} group by source, outcome, reason)
     select source, outcome, reason, count::float8, last::text, coalesce(fields.list, '[]') as fields from o
     left join lateral (
       select json_agg(json_build_object('field', field, 'count', count) order by count desc, field) as list from (
         select field, count(*) as count from (
           select distinct seen, unnest(fields) as field from (
             select d.seen, d.fields from intake.delivery d where ${same} and d.outcome = o.outcome and d.${SET_ASIDE}
               and coalesce(d.reason, '') = coalesce(o.reason, '') and d.seen between o.first and o.last
             order by d.seen desc limit ${FIELDS_OF_DELIVERIES}) latest) told
         group by field order by count(*) desc, field limit ${FIELDS_MAX}) most) fields on true
     where place <= ${OFFENDERS_MAX} order by place`,
    [...period, ...values],
  );
  return {
    days: groupedBy(days.rows, ({ source }) => source),
    offenders: groupedBy(offenders.rows, ({ source }) => source),
  };
}

function tally({ days, offenders }: Tallies, source: string | null, bySeen: ReadonlyMap<string, Delivery>): Tally {
  const own = days.get(source) ?? [];
  const byDay = groupedBy(own, ({ day }) => day);
  return {
    outcomes: countsOf(own),
    days: [...byDay].map(([day, rows]) => ({ day, outcomes: countsOf(rows) })),
    offenders: (offenders.get(source) ?? []).map(({ outcome, reason, count, fields, last }) => {
      return { outcome, reason, count, fields, example: found(bySeen, last) };
    }),
  };
}

function groupedBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): ReadonlyMap<Key, readonly Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

function countsOf(rows: readonly DayRow[]): OutcomeCounts {
  const counts = { accepted: 0, duplicate: 0, parked: 0, refused: 0, deadLetter: 0 } satisfies OutcomeCounts;
  for (const { outcome, count } of rows) counts[outcome] += count;
  return counts;
}

function found(bySeen: ReadonlyMap<string, Delivery>, seen: string): Delivery {
  const delivery = bySeen.get(seen);
  if (delivery === undefined) throw new RangeError('a count without its delivery');
  return delivery;
}
