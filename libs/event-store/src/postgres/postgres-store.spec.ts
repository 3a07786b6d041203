import { createTestDatabase } from '@bestendig/testing';
import { Client } from 'pg';
import { openPostgresEventStore } from './postgres-store';
import { eventStoreConformance, type MakeKit } from '../testing';

const makeKit: MakeKit = async (options = {}) => {
  const database = await createTestDatabase();
  const open = (databaseUrl: string) => openPostgresEventStore({ databaseUrl, ...options });
  const store = await open(database.url);
  const disposals = [() => store.close()];
  const run = async (sql: string, values: readonly unknown[] = []): Promise<void> => {
    const client = new Client({ connectionString: database.url });
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
    cutConnections: () => run('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'),
    setClockBack: () => run(`create or replace function event_store.clock_us() returns bigint language sql volatile as $$ select (extract(epoch from clock_timestamp()) * 1000000)::bigint - 3600000000 $$`),
    tamper: async () => undefined,
    dispose: async () => {
      for (const dispose of disposals) await dispose();
      await database.drop();
    },
  };
};

eventStoreConformance('PostgreSQL', makeKit);
