import type { Pool } from 'pg';
import type { Instant } from './delivery';
import { instant } from './instants';

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

export type DeadLetter = DeadLetterRow & {
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
  /** open: not asked yet; asked: not sent yet; sent: again in its topic. */
  readonly state?: 'open' | 'asked' | 'sent';
  readonly source?: string;
  /** Only those written before this one: its origin. */
  readonly before?: string;
  readonly limit: number;
};

/** Which dead letters are to be sent again. */
export type RedriveRequest = {
  readonly by: string;
  /** Without it: all that are open, of one source or code where named. */
  readonly origins?: readonly string[];
  readonly source?: string;
  readonly code?: string;
};

/** What is known of dead letters; their bytes are in their topic alone. */
export type DeadLetters = {
  /** Of one origin the first row is kept. */
  record(rows: readonly DeadLetterRow[]): Promise<void>;
  /** Newest first. */
  list(filter: DeadLetterFilter): Promise<readonly DeadLetter[]>;
  /** Asks for them to be sent again; gives how many were asked for now. Those asked for before, and those that came back too often, are left. */
  ask(request: RedriveRequest): Promise<number>;
  /** What was asked for and is not sent yet, the longest waiting first. */
  asked(limit: number): Promise<readonly DeadLetter[]>;
  /** They are in their topic again, or, with a problem, cannot be: then they may be asked for again. */
  sent(origins: readonly string[], problem?: string): Promise<void>;
};

const SELECT = `select l.origin, l.topic, l.partition, l."offset"::text as "offset", l.cycle, l.code, d.source, d.message_id as "messageId",
  ${instant('l.written_at')} as "writtenAt", ${instant('l.asked_at')} as "askedAt", l.asked_by as "askedBy", ${instant('l.sent_at')} as "sentAt", l.problem
  from intake.dead_letter l left join intake.delivery d using (origin)`;

const STATES = {
  open: 'l.asked_at is null and l.sent_at is null',
  asked: 'l.asked_at is not null and l.sent_at is null',
  sent: 'l.sent_at is not null',
} as const;

export function deadLettersOf(pool: Pool): DeadLetters {
  return {
    record: (rows) => record(pool, rows),
    list: (filter) => list(pool, filter),
    ask: (request) => ask(pool, request),
    asked: async (limit) =>
      (
        await pool.query<DeadLetter>(`${SELECT} where ${STATES.asked} order by l.asked_at, l.written_at limit $1`, [
          limit,
        ])
      ).rows,
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

async function list(pool: Pool, { state, source, before, limit }: DeadLetterFilter): Promise<readonly DeadLetter[]> {
  const { rows } = await pool.query<DeadLetter>(
    `${SELECT} where ${state === undefined ? 'true' : STATES[state]} and ($1::text is null or d.source = $1)
       and ($2::text is null or (l.written_at, l.origin) < (select written_at, origin from intake.dead_letter where origin = $2))
     order by l.written_at desc, l.origin desc limit $3`,
    [source ?? null, before ?? null, limit],
  );
  return rows;
}

async function ask(pool: Pool, { by, origins, source, code }: RedriveRequest): Promise<number> {
  const { rowCount } = await pool.query(
    `update intake.dead_letter l set asked_at = clock_timestamp(), asked_by = $1, problem = null
     where ${STATES.open} and l.cycle < $2 and ($3::text[] is null or l.origin = any($3)) and ($4::text is null or l.code = $4)
       and ($5::text is null or exists (select from intake.delivery d where d.origin = l.origin and d.source = $5))`,
    [by, REDRIVE_CYCLES_MAX, origins ?? null, code ?? null, source ?? null],
  );
  return rowCount ?? 0;
}

async function sent(pool: Pool, origins: readonly string[], problem?: string): Promise<void> {
  await pool.query(
    problem === undefined
      ? 'update intake.dead_letter set sent_at = clock_timestamp() where origin = any($1)'
      : 'update intake.dead_letter set asked_at = null, asked_by = null, problem = $2 where origin = any($1)',
    problem === undefined ? [origins] : [origins, problem],
  );
}
