import { Kysely, Migrator, PostgresDialect, type Migration } from 'kysely';
import type { Pool } from 'pg';
import { openPool } from './connections';

/** By name, in the order of their names. Forward only: one that was released is never edited. */
export type Migrations = Readonly<Record<string, Migration>>;

/** Brings one schema up to date, under the migrator's lock: any number of processes may do so at once. */
export async function migrateSchema(databaseUrl: string, schema: string, migrations: Migrations): Promise<void> {
  const pool = openPool({ databaseUrl, name: `${schema} migration`, maxConnections: 1 });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await adoptFormerTables(pool, schema);
    if (await isUpToDate(pool, schema, migrations)) return;
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
    // It ends only a pool that it has used itself.
    if (!pool.ended) await pool.end();
  }
}

/** A newer program may have made more. The migrator looks at every table of the database, and stumbles over those that are dropped meanwhile: it is asked only where there is something to do. */
async function isUpToDate(pool: Pool, schema: string, migrations: Migrations): Promise<boolean> {
  const { rows: tables } = await pool.query(`select from pg_class where oid = to_regclass('${schema}.migration')`);
  if (tables.length === 0) return false;
  const { rows } = await pool.query<{ name: string }>(`select name from ${schema}.migration`);
  const made = new Set(rows.map(({ name }) => name));
  return Object.keys(migrations).every((name) => made.has(name));
}

/** Until 0.1.0 two schemas kept their migrations in tables named by the library: what they say still holds. */
async function adoptFormerTables(pool: Pool, schema: string): Promise<void> {
  await pool.query(`do $$ begin
    perform pg_advisory_xact_lock(hashtext('bestendig migration tables of ${schema}'));
    if to_regclass('${schema}.kysely_migration') is not null and to_regclass('${schema}.migration') is null then
      alter table ${schema}.kysely_migration rename to migration;
      alter table ${schema}.kysely_migration_lock rename to migration_lock;
    end if;
  end $$`);
}
