import { openPool } from '@bestendig/postgres';
import type { Pool } from 'pg';
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
  await migrateReadStore(databaseUrl);
  // Compiling a query takes longer than the figures that are asked here.
  const settings = '-c timezone=UTC -c jit=off';
  const pool = openPool({ databaseUrl, name: 'read', maxConnections: options?.maxConnections ?? 8, settings });
  return { databaseUrl, pool, close: () => pool.end() };
}
