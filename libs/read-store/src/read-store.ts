import { Pool } from 'pg';
import { migrateReadStore } from './migrations';

/** The database that read models are in: connections for queries. */
export type ReadStore = {
  readonly databaseUrl: string;
  readonly pool: Pool;
  close(): Promise<void>;
};

/** Opens it and brings schema `read_store` up to date. */
export async function openReadStore(
  databaseUrl: string,
  options?: { readonly maxConnections?: number },
): Promise<ReadStore> {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: options?.maxConnections ?? 8,
    application_name: 'bestendig-read',
    // Compiling a query takes longer than the figures that are asked here.
    options: '-c timezone=UTC -c jit=off',
  });
  // An idle connection that the server closes is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  // One that breaks while it is lent out (a migration, a transaction) tells its next statement; unheard it would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await migrateReadStore(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { databaseUrl, pool, close: () => pool.end() };
}
