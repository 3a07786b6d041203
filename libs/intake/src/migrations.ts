import { migrateSchema, type Migrations } from '@bestendig/postgres';
import { sql } from 'kysely';

const MIGRATIONS: Migrations = {
  '001-deliveries': {
    up: async (db) => {
      await sql`create table intake.delivery (
        seen bigint generated always as identity primary key,
        origin text collate "C" not null unique,
        source text collate "C",
        message_id text collate "C",
        outcome text not null check (outcome in ('accepted', 'duplicate', 'parked', 'refused')),
        reason text,
        fields text[] not null,
        digest bytea,
        placement_id uuid,
        event_ids uuid[] not null,
        recorded_at timestamptz,
        received_at timestamptz not null default clock_timestamp(),
        constraint no_copy_of_what_may_hold_a_bsn check (
          reason is distinct from 'mayHoldBsn' or (source is null and message_id is null and placement_id is null and event_ids = '{}'))
      )`.execute(db);
      await sql`comment on table intake.delivery is 'The ledger of deliveries: what first became of each. Primary data, not a read model: no rebuild touches it.'`.execute(db);
      await sql`create index delivery_by_message on intake.delivery (message_id, source) where message_id is not null`.execute(db);
      // Rows are written in the order of this time: a small index finds the days.
      await sql`create index delivery_by_time on intake.delivery using brin (received_at)`.execute(db);
      await sql`create function intake.refuse_change() returns trigger language plpgsql as $$
        begin raise exception 'a first outcome is never changed' using errcode = 'restrict_violation'; end $$`.execute(db);
      await sql`create trigger never_changed before update on intake.delivery for each statement execute function intake.refuse_change()`.execute(db);
    },
  },
  '002-dead-letters': {
    up: async (db) => {
      await sql`alter table intake.delivery drop constraint delivery_outcome_check,
        add constraint delivery_outcome_check check (outcome in ('accepted', 'duplicate', 'parked', 'refused', 'deadLetter'))`.execute(db);
      await sql`create table intake.dead_letter (
        origin text collate "C" primary key,
        topic text not null,
        partition integer not null,
        "offset" bigint not null,
        cycle integer not null,
        code text not null,
        written_at timestamptz not null default clock_timestamp(),
        asked_at timestamptz,
        asked_by text,
        sent_at timestamptz,
        problem text
      )`.execute(db);
      await sql`comment on table intake.dead_letter is 'Where the bytes of each dead letter stand, and whether it is to be, or was, sent again.'`.execute(db);
      await sql`create index dead_letter_asked on intake.dead_letter (asked_at) where asked_at is not null and sent_at is null`.execute(db);
      await sql`create index dead_letter_open on intake.dead_letter (written_at) where sent_at is null`.execute(db);
    },
  },
  '003-counts': {
    up: async (db) => {
      await sql`create table intake.day_count (
        day date not null,
        source text collate "C",
        outcome text not null,
        reason text,
        deliveries bigint not null,
        first_seen bigint not null,
        last_seen bigint not null,
        constraint counted_once unique nulls not distinct (source, day, outcome, reason)
      )`.execute(db);
      await sql`comment on table intake.day_count is 'Counts of the ledger up to a number; made again by emptying it and setting the number in intake.counted to 0.'`.execute(db);
      await sql`create index day_count_by_day on intake.day_count (day)`.execute(db);
      await sql`create table intake.counted (only_row boolean primary key default true check (only_row), through bigint not null)`.execute(db);
      await sql`comment on table intake.counted is 'The number (seen) up to which deliveries are in intake.day_count.'`.execute(db);
      await sql`insert into intake.counted (through) values (0)`.execute(db);
      // A source that is seldom heard of is found among millions of rows by a filter of some kilobytes: a tree would be a quarter of the table.
      await sql`create index delivery_by_source on intake.delivery using brin (source text_bloom_ops) with (autosummarize = on)`.execute(db);
      await sql`create index delivery_set_aside on intake.delivery (source, outcome, coalesce(reason, ''), seen) where outcome in ('parked', 'refused', 'deadLetter')`.execute(db);
      await sql`create index dead_letter_by_time on intake.dead_letter (written_at, origin)`.execute(db);
    },
  },
  '004-claims': {
    up: (db) => sql`alter table intake.dead_letter add column claimed_until timestamptz`.execute(db).then(() => undefined),
  },
};

/** Brings schema `intake` up to date. */
export function migrateIntake(databaseUrl: string): Promise<void> {
  return migrateSchema(databaseUrl, 'intake', MIGRATIONS);
}
