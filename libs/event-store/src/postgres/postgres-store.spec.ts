import { createTestDatabase } from '@bestendig/testing';
import { Client } from 'pg';
import { openPostgresEventStore } from './postgres-store';
import { eventStoreConformance, type Kept, type MakeKit } from '../testing';

const makeKit: MakeKit = async (options = {}) => {
  const database = await createTestDatabase();
  const open = (databaseUrl: string) => openPostgresEventStore({ databaseUrl, ...options });
  const store = await open(database.url);
  const disposals = [() => store.close()];
  const run = async (sql: string, values: readonly unknown[] = []): Promise<void> => {
    const client = new Client({ connectionString: database.url, application_name: 'kit' });
    await client.connect();
    await client.query(sql, [...values]).finally(() => client.end());
  };
  return {
    store,
    secondDoor: async () => {
      const door = await open(database.url);
      disposals.push(() => door.close());
      return door;
    },
    makeEmptyStore: async () => {
      const other = await createTestDatabase();
      const empty = await open(other.url);
      disposals.push(() => empty.close().then(() => other.drop()));
      return empty;
    },
    cutConnections: () => run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name <> 'kit'`),
    setClockBack: () => run(`create or replace function event_store.clock_us() returns bigint language sql volatile as $$ select (extract(epoch from clock_timestamp()) * 1000000)::bigint - 3600000000 $$`),
    tamper: async (stream, revision, change) => {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      const { rows } = await client.query<Kept>(`select canonical, encode(hash, 'hex') as hash from event_store.events where stream = $1 and revision = $2`, [stream, revision]);
      await client.query('alter table event_store.events disable trigger never_changed');
      const changed = change(rows[0] ?? { canonical: '', hash: '' });
      await client.query(`update event_store.events set canonical = $3, hash = decode($4, 'hex') where stream = $1 and revision = $2`, [stream, revision, changed.canonical, changed.hash]);
      await client.end();
    },
    dispose: async () => {
      for (const dispose of disposals) await dispose();
      await database.drop();
    },
  };
};

eventStoreConformance('PostgreSQL', makeKit);
