import type { Pool } from 'pg';
import type { Instant } from './delivery';
import { Conditions, instant } from './columns';

/** A letter that came back so often will not do better by being sent once more. */
export const REDRIVE_CYCLES_MAX = 10;

/** Where the bytes of a dead letter stand. */
export type DeadLetterRow = {
  /** Of the delivery that could not be read. */
  readonly origin: string;
  readonly topic: string;
  readonly partition: number;
  /** Digits. */
  readonly offset: string;
  /** How often it had been sent again before: 0 for what its publisher sent. */
  readonly cycle: number;
  /** What was wrong. */
  readonly code: string;
};

/** open: not asked yet; asked: not sent yet; sent: again in its topic. */
export const DEAD_LETTER_STATES = ['open', 'asked', 'sent'] as const;
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];

export type DeadLetter = DeadLetterRow & {
  readonly state: DeadLetterState;
  readonly source: string | null;
  readonly messageId: string | null;
  readonly writtenAt: Instant;
  /** When, and by whom, it was asked to be sent again. */
  readonly askedAt: Instant | null;
  readonly askedBy: string | null;
  readonly sentAt: Instant | null;
  /** Why it was not sent again though asked: a code. */
  readonly problem: string | null;
};

export type DeadLetterFilter = {
  readonly state?: DeadLetterState;
  readonly source?: string;
  /** Only of sources that begin so: those of one organisation. */
  readonly sourcePrefix?: string;
  /** Only those written before this one. */
  readonly before?: Pick<DeadLetter, 'writtenAt' | 'origin'>;
  readonly limit: number;
};

/** Which dead letters are to be sent again. */
export type RedriveRequest = {
  readonly by: string;
  /** Without it: all that are open, of one source, organisation or code where named. */
  readonly origins?: readonly string[];
  readonly source?: string;
  readonly sourcePrefix?: string;
  readonly code?: string;
};

/** Letters of one page of the list, and one that tells that there are more. */
const LETTERS_MAX = 1_001;

/** What is known of dead letters; their bytes are in their topic alone. */
export type DeadLetters = {
  /** Of one origin the first row is kept. */
  record(rows: readonly DeadLetterRow[]): Promise<void>;
  /** Those of these origins that are dead letters, in no particular order. */
  byOrigins(origins: readonly string[]): Promise<readonly DeadLetter[]>;
  /** Newest first. */
  list(filter: DeadLetterFilter): Promise<readonly DeadLetter[]>;
  /** Asks for them to be sent again; gives how many were asked for now. Those asked for before, and those that came back too often, are left. */
  ask(request: RedriveRequest): Promise<number>;
  /** What was asked for and is not sent yet, the longest waiting first. */
  asked(limit: number): Promise<readonly DeadLetter[]>;
  /** The same, but each of them to one caller only, for some minutes: who was killed with them leaves them to others. */
  claim(limit: number): Promise<readonly DeadLetter[]>;
  /** They are in their topic again, or, with a problem, cannot be: then they may be asked for again. */
  sent(origins: readonly string[], problem?: string): Promise<void>;
};

const STATES: Readonly<Record<DeadLetterState, string>> = {
  open: 'l.asked_at is null and l.sent_at is null',
  asked: 'l.asked_at is not null and l.sent_at is null',
  sent: 'l.sent_at is not null',
};
const STATE = `case ${DEAD_LETTER_STATES.map((state) => `when ${STATES[state]} then '${state}'`).join(' ')} end`;

const SELECT = `select l.origin, l.topic, l.partition, l."offset"::text as "offset", l.cycle, l.code, d.source,
  d.message_id as "messageId", ${STATE} as state, ${instant('l.written_at')} as "writtenAt",
  ${instant('l.asked_at')} as "askedAt", l.asked_by as "askedBy", ${instant('l.sent_at')} as "sentAt", l.problem
  from intake.dead_letter l left join intake.delivery d using (origin)`;

export function deadLettersOf(pool: Pool): DeadLetters {
  return {
    record: (rows) => record(pool, rows),
    byOrigins: async (origins) => (await pool.query<DeadLetter>(`${SELECT} where l.origin = any($1)`, [origins])).rows,
    list: (filter) => list(pool, filter),
    ask: (request) => ask(pool, request),
    asked: async (limit) =>
      (
        await pool.query<DeadLetter>(`${SELECT} where ${STATES.asked} order by l.asked_at, l.written_at limit $1`, [
          limit,
        ])
      ).rows,
    claim: (limit) => claim(pool, limit),
    sent: (origins, problem) => sent(pool, origins, problem),
  };
}

async function record(pool: Pool, rows: readonly DeadLetterRow[]): Promise<void> {
  if (rows.length === 0) return;
  await pool.query(
    `insert into intake.dead_letter (origin, topic, partition, "offset", cycle, code)
     select * from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::int[], $6::text[]) order by 1 on conflict (origin) do nothing`,
    [
      rows.map(({ origin }) => origin),
      rows.map(({ topic }) => topic),
      rows.map(({ partition }) => partition),
      rows.map(({ offset }) => offset),
      rows.map(({ cycle }) => cycle),
      rows.map(({ code }) => code),
    ],
  );
}

async function list(pool: Pool, filter: DeadLetterFilter): Promise<readonly DeadLetter[]> {
  const { state, source, sourcePrefix, before, limit } = filter;
  const where = new Conditions()
    .and('d.source = ?', source)
    .and('d.source ^@ ?', sourcePrefix)
    .and('(l.written_at, l.origin) < (?, ?)', before?.writtenAt, before?.origin);
  const { rows } = await pool.query<DeadLetter>(
    `${SELECT} where ${where.text} and ${state === undefined ? 'true' : STATES[state]}
     order by l.written_at desc, l.origin desc limit ${Math.min(limit, LETTERS_MAX)}`,
    where.values,
  );
  return rows;
}

async function ask(pool: Pool, { by, origins, source, sourcePrefix, code }: RedriveRequest): Promise<number> {
  const where = new Conditions([by])
    .and('l.cycle < ?', REDRIVE_CYCLES_MAX)
    .and('l.origin = any(?)', origins)
    .and('l.code = ?', code)
    .and('exists (select from intake.delivery d where d.origin = l.origin and d.source = ?)', source)
    .and('exists (select from intake.delivery d where d.origin = l.origin and d.source ^@ ?)', sourcePrefix);
  const { rowCount } = await pool.query(
    `update intake.dead_letter l set asked_at = clock_timestamp(), asked_by = $1, problem = null where ${STATES.open} and ${where.text}`,
    where.values,
  );
  return rowCount ?? 0;
}

const CLAIM = `update intake.dead_letter set claimed_until = clock_timestamp() + interval '2 minutes' where origin in (
  select origin from intake.dead_letter l where ${STATES.asked} and (claimed_until is null or claimed_until < clock_timestamp())
  order by asked_at, written_at limit $1 for update skip locked) returning origin`;

async function claim(pool: Pool, limit: number): Promise<readonly DeadLetter[]> {
  const { rows: claimed } = await pool.query<{ origin: string }>(CLAIM, [limit]);
  if (claimed.length === 0) return [];
  const origins = claimed.map(({ origin }) => origin);
  const { rows } = await pool.query<DeadLetter>(`${SELECT} where l.origin = any($1) order by l.asked_at, l.written_at`, [origins]);
  return rows;
}

async function sent(pool: Pool, origins: readonly string[], problem?: string): Promise<void> {
  await pool.query(
    problem === undefined
      ? 'update intake.dead_letter set sent_at = clock_timestamp() where origin = any($1)'
      : 'update intake.dead_letter set asked_at = null, asked_by = null, claimed_until = null, problem = $2 where origin = any($1)',
    problem === undefined ? [origins] : [origins, problem],
  );
}
