import { migrateSchema, type Migrations } from '@bestendig/postgres';
import { sql } from 'kysely';

const MIGRATIONS: Migrations = {
  '0001-generations': {
    up: async (db) => {
      await sql`
        create table read_store.projection_set (
          name text primary key,
          live_generation integer,
          owner_epoch bigint not null default 0
        )`.execute(db);
      await sql`comment on table read_store.projection_set is
        'One row per set of read models. It is locked while a batch is applied and while a set is switched: the fence.'`.execute(
        db,
      );
      await sql`
        create table read_store.generation (
          number integer generated always as identity primary key,
          set_name text not null references read_store.projection_set,
          fingerprint text not null,
          state text not null check (state in ('building', 'live', 'kept')),
          position text,
          applied_known_time timestamptz,
          known_time_before timestamptz,
          as_reported_from timestamptz,
          applied_events bigint not null default 0,
          built_at timestamptz not null default now(),
          live_since timestamptz,
          applied_at timestamptz
        )`.execute(db);
      await sql`comment on table read_store.generation is
        'One build of a set: its tables are in schema read_model_<number>, its rows hold every event up to position.'`.execute(
        db,
      );
      await sql`create unique index one_live on read_store.generation (set_name) where state = 'live'`.execute(db);
    },
  },
  '0002-quarantine': {
    up: async (db) => {
      await sql`
        create table read_store.quarantine (
          generation integer not null references read_store.generation on delete cascade,
          placement_id uuid not null,
          event_id text not null,
          event_type text not null,
          revision integer not null,
          known_time timestamptz not null,
          thrown_at timestamptz not null,
          error text not null,
          attempts integer not null default 0,
          quarantined_at timestamptz not null default clock_timestamp(),
          retry_at timestamptz not null,
          primary key (generation, placement_id)
        )`.execute(db);
      await sql`comment on table read_store.quarantine is
        'One row per build and placement whose fold throws: its events from this one on are left out of the rows.'`.execute(
        db,
      );
      await sql`create index quarantine_due on read_store.quarantine (generation, retry_at)`.execute(db);
      await sql`create index quarantine_open on read_store.quarantine (generation, thrown_at)`.execute(db);
    },
  },
  '0003-live-is-there': {
    up: async (db) => {
      await sql`alter table read_store.projection_set add foreign key (live_generation) references read_store.generation`.execute(
        db,
      );
      await sql`comment on table read_store.projection_set is
        'One row per set of read models. It is locked while builds are made, switched or removed; who takes it over raises its epoch.'`.execute(
        db,
      );
    },
  },
  '0004-rebuilds': {
    up: async (db) => {
      await sql`
        create table read_store.rebuild (
          number integer generated always as identity primary key,
          set_name text not null references read_store.projection_set,
          state text not null check (state in
            ('requested', 'running', 'stopped', 'awaitsApproval', 'switched', 'verified', 'differs', 'cancelled')),
          only_verify boolean not null,
          approved boolean not null,
          by_projector boolean not null,
          fingerprint text not null,
          step text,
          events bigint,
          events_in_all bigint,
          events_per_second double precision,
          result jsonb,
          requested_at timestamptz not null default clock_timestamp(),
          started_at timestamptz,
          told_at timestamptz,
          ended_at timestamptz
        )`.execute(db);
      await sql`comment on table read_store.rebuild is
        'One row per rebuild that was asked for: how far it is, and what came of it. Each version has its own.'`.execute(
        db,
      );
      await sql`create unique index one_open on read_store.rebuild (set_name, fingerprint)
        where state in ('requested', 'running', 'stopped', 'awaitsApproval')`.execute(db);
    },
  },
};

/** Brings schema `read_store` up to date. */
export function migrateReadStore(databaseUrl: string): Promise<void> {
  return migrateSchema(databaseUrl, 'read_store', MIGRATIONS);
}
