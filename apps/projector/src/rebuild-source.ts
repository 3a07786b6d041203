import { join, resolve } from 'node:path';
import type { EventStoreSettings } from '@bestendig/event-store';

const SOURCES = ['copy', 'store'];

/**
 * Where a rebuild copies the log to before it folds, as the environment says; null where it reads the store itself.
 * Unless REBUILD_FROM says otherwise a log in EventStoreDB is copied, since reading it stream by stream takes ten times
 * as long as reading it once in its order, and one in PostgreSQL is not: there it saves nothing.
 *
 * @throws Error where REBUILD_FROM is neither
 */
export function rebuildCopyFolder(
  { eventStoreDb }: EventStoreSettings,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  const from = environment['REBUILD_FROM'] || (eventStoreDb === null ? 'store' : 'copy');
  if (!SOURCES.includes(from)) throw new Error('REBUILD_FROM is copy or store.');
  if (from === 'store') return null;
  return resolve(environment['REBUILD_FOLDER'] || join(environment['BESTENDIG_DATA'] || '.bestendig', 'rebuild'));
}
