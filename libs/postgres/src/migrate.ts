import { Kysely, Migrator, PostgresDialect, type Migration } from 'kysely';
import { openPool } from './connections';

/** By name, in the order of their names. Forward only: one that was released is never edited. */
export type Migrations = Readonly<Record<string, Migration>>;

/** Brings one schema up to date, under the migrator's lock: any number of processes may do so at once. */
export async function migrateSchema(databaseUrl: string, schema: string, migrations: Migrations): Promise<void> {
  const pool = openPool({ databaseUrl, name: `${schema} migration`, maxConnections: 1 });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => ({ ...migrations }) },
      migrationTableSchema: schema,
      migrationTableName: 'migration',
      migrationLockTableName: 'migration_lock',
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  } finally {
    await db.destroy();
  }
}
