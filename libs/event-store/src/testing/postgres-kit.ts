import { Client } from 'pg';
import type { EventStore } from '../port';
import { openPostgresEventStore, type PostgresOptions } from '../postgres/postgres-store';
import { IdleDatabases, type Database } from './idle-databases';
import type { EventStoreKit, Kept, MakeKit } from './kit';

const AN_HOUR_BEHIND = `create or replace function event_store.clock_us() returns bigint language sql volatile as
  $$ select (extract(epoch from clock_timestamp()) * 1000000)::bigint - 3600000000 $$`;
const ON_TIME = AN_HOUR_BEHIND.replace(' - 3600000000', '');
const EMPTY = `alter table event_store.events disable trigger never_changed;
  truncate event_store.events, event_store.lifted, event_store.as_reported_run;
  alter table event_store.events enable always trigger never_changed;
  update event_store.head set floor_us = null, running = null, restoring = null;
  ${ON_TIME}`;
const OTHERS = `select pid from pg_stat_activity where datname = current_database() and application_name <> 'kit'`;

/** Databases that tests use one after the other: emptied in between, since making one takes long. */
export class PostgresKits {
  private readonly databases: IdleDatabases;

  constructor(createDatabase: () => Promise<Database>) {
    this.databases = new IdleDatabases(createDatabase, (url) => runSql(url, EMPTY));
  }

  readonly make: MakeKit = async (options = {}) => (await this.makeWithUrl(options)).kit;

  /** For tests of what only PostgreSQL has. */
  async makeWithUrl(options: Omit<PostgresOptions, 'databaseUrl'> = {}): Promise<{ readonly kit: EventStoreKit; readonly url: string }> {
    const disposals: (() => Promise<void>)[] = [];
    const open = async (url: string): Promise<EventStore> => {
      const store = await openPostgresEventStore({ ...options, databaseUrl: url });
      disposals.push(() => store.close());
      return store;
    };
    const openEmpty = async (): Promise<{ readonly store: EventStore; readonly url: string }> => {
      const database = await this.databases.take();
      const store = await open(database.url);
      disposals.push(() => this.databases.giveBack(database));
      return { store, url: database.url };
    };
    const { store, url } = await openEmpty();
    const kit: EventStoreKit = {
      store,
      secondDoor: () => open(url),
      makeEmptyStore: async () => (await openEmpty()).store,
      cutConnections: () => runSql(url, `select pg_terminate_backend(pid) from (${OTHERS}) as others`),
      setClockBack: () => runSql(url, AN_HOUR_BEHIND),
      tamper: (stream, revision, change) => tamper(url, stream, revision, change),
      dispose: async () => {
        for (const dispose of disposals.splice(0)) await dispose();
      },
    };
    return { kit, url };
  }

  drop(): Promise<void> {
    return this.databases.drop();
  }
}

export async function runSql(url: string, sql: string, values?: readonly unknown[]): Promise<void> {
  const client = await connect(url);
  await client.query(sql, values === undefined ? undefined : [...values]).finally(() => client.end());
}

/** A connection of the test's own, which cutConnections spares. */
export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'kit' });
  await client.connect();
  return client;
}

async function tamper(url: string, stream: string, revision: number, change: (kept: Kept) => Kept): Promise<void> {
  const client = await connect(url);
  const select = `select canonical, encode(hash, 'hex') as hash from event_store.events where stream = $1 and revision = $2`;
  const { rows } = await client.query<Kept>(select, [stream, revision]);
  const changed = change(rows[0] ?? { canonical: '', hash: '' });
  await client.query('alter table event_store.events disable trigger never_changed');
  const update = `update event_store.events set canonical = $3, hash = decode($4, 'hex') where stream = $1 and revision = $2`;
  await client.query(update, [stream, revision, changed.canonical, changed.hash]);
  await client.end();
}
