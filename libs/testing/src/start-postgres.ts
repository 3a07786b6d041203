import { mkdtempSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionString, initCluster, startCluster } from '@bestendig/local-postgres';

/** Jest's global set-up: one real PostgreSQL for the whole run, each test making its own database in it. */
export default async function startPostgres(): Promise<void> {
  if (process.env['BESTENDIG_TEST_DATABASE_URL'] !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-test-'));
  chmodSync(folder, 0o755);
  const cluster = await initCluster(folder);
  // Tests look at order and loss across kills of node and of the server process, not of the machine: without fsync they run faster.
  await startCluster(cluster, { fsync: 'off', max_connections: '200' });
  process.env['BESTENDIG_TEST_DATABASE_URL'] = connectionString(cluster);
  (globalThis as Record<string, unknown>)['bestendigTestFolder'] = folder;
}
