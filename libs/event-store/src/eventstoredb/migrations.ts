import { migrateSchema, type Migrations } from '@bestendig/postgres';
import { sql } from 'kysely';

const MIGRATIONS: Migrations = {
  '001-beside-the-log': {
    up: async (db) => {
      // The one row is the lock that appends take. It says how the log ended when its last holder let go of it.
      await sql`create table event_log.log (
        one_row boolean primary key default true check (one_row),
        namespace text not null,
        log_id uuid not null,
        database_id uuid not null,
        turn bigint not null,
        server_started timestamptz not null,
        term integer not null,
        last_recorded_us bigint,
        promised boolean not null default false,
        running text,
        restoring text
      ) with (fillfactor = 10)`.execute(db);
      await sql`comment on column event_log.log.turn is 'The last turn that ended with everything it sent known to be kept or not.'`.execute(db);
      // Taken before anything is sent, and never given back by a rollback: so a holder that left something in doubt leaves a gap.
      await sql`create sequence event_log.turn`.execute(db);

      await sql`create table event_log.as_reported_run (
        run text primary key,
        state text not null check (state in ('running', 'finished', 'givenUp')),
        begun_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz
      )`.execute(db);

      // Which streams there are, as a pass over the log found them: read again, it is made again.
      await sql`create table event_log.stream_name (name text collate "C" primary key)`.execute(db);
      await sql`create table event_log.names_pass (one_row boolean primary key default true check (one_row), read_until text)`.execute(db);
      await sql`insert into event_log.names_pass default values`.execute(db);

      // Asked under the lock; one function, so that all writers share one clock and a test can set it back.
      await sql`create function event_log.clock_us() returns bigint language sql volatile as
        $$ select (extract(epoch from clock_timestamp()) * 1000000)::bigint $$`.execute(db);
    },
  },
};

/** Brings what PostgreSQL keeps beside a log in EventStoreDB up to date. */
export function migrateEventLog(databaseUrl: string): Promise<void> {
  return migrateSchema(databaseUrl, 'event_log', MIGRATIONS);
}
