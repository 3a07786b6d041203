import { migrateSchema, type Migrations } from '@bestendig/postgres';
import { sql } from 'kysely';

const MIGRATIONS: Migrations = {
  '001-log': {
    up: async (db) => {
      await sql`create table event_store.events (
        position bigint primary key,
        stream text collate "C" not null,
        revision integer not null check (revision >= 0),
        event_id uuid not null,
        type text collate "C" not null,
        hash bytea not null,
        canonical text not null,
        unique (stream, revision),
        unique (stream, event_id)
      )`.execute(db);
      await sql`comment on table event_store.events is 'The log. Kept for ever: only the event store appends to it and nothing changes it.'`.execute(db);

      await sql`create function event_store.refuse_change() returns trigger language plpgsql as $$
        begin raise exception 'the log is never changed: % refused', tg_op using errcode = 'restrict_violation'; end $$`.execute(db);
      await sql`create trigger never_changed before update or delete or truncate on event_store.events
        for each statement execute function event_store.refuse_change()`.execute(db);
      // Also where a session says it only replicates.
      await sql`alter table event_store.events enable always trigger never_changed`.execute(db);

      // The one row is the log's lock: taken by whoever appends, held to commit. It holds what the events do not say of the log's end.
      await sql`create table event_store.head (
        one_row boolean primary key default true check (one_row),
        floor_us bigint,
        running text,
        restoring text
      )`.execute(db);
      await sql`insert into event_store.head default values`.execute(db);

      await sql`create table event_store.as_reported_run (
        run text primary key,
        state text not null check (state in ('running', 'finished', 'givenUp')),
        begun_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz
      )`.execute(db);

      // Events of a restored log whose recordedAt lies before one earlier in it: made by restore, which is serial.
      await sql`create table event_store.lifted (position bigint primary key, known_us bigint not null)`.execute(db);

      // Asked under the lock; one function, so that a test can set the clock back.
      await sql`create function event_store.clock_us() returns bigint language sql volatile as
        $$ select (extract(epoch from clock_timestamp()) * 1000000)::bigint $$`.execute(db);
    },
  },
};

/** Brings the event store's own schema up to date. */
export function migrateEventStore(databaseUrl: string): Promise<void> {
  return migrateSchema(databaseUrl, 'event_store', MIGRATIONS);
}
