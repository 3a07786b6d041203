import { rmSync } from 'node:fs';
import { initCluster, stopCluster } from '@bestendig/local-postgres';

/** Jest's global tear-down: stops the run's PostgreSQL and removes its folder. */
export default async function stopPostgres(): Promise<void> {
  const folder = (globalThis as Record<string, unknown>)['bestendigTestFolder'];
  if (typeof folder !== 'string') return;
  await stopCluster(await initCluster(folder), 'immediate');
  rmSync(folder, { recursive: true, force: true });
}
