import { resolve } from 'node:path';
import { rebuildCopyFolder } from './rebuild-source';

const IN_POSTGRES = { eventStoreDb: null };
const IN_EVENTSTOREDB = { eventStoreDb: { url: 'esdb://127.0.0.1:1', namespace: '' } };

test('a log in EventStoreDB is copied before it is folded, one in PostgreSQL is not, unless told otherwise', () => {
  expect(rebuildCopyFolder(IN_POSTGRES, {})).toBeNull();
  expect(rebuildCopyFolder(IN_EVENTSTOREDB, {})).toBe(resolve('.bestendig/rebuild'));
  expect(rebuildCopyFolder(IN_EVENTSTOREDB, { BESTENDIG_DATA: '/data', REBUILD_FROM: '' })).toBe('/data/rebuild');
  expect(rebuildCopyFolder(IN_EVENTSTOREDB, { REBUILD_FROM: 'store' })).toBeNull();
  expect(rebuildCopyFolder(IN_POSTGRES, { REBUILD_FROM: 'copy', REBUILD_FOLDER: '/fast' })).toBe('/fast');
  expect(() => rebuildCopyFolder(IN_POSTGRES, { REBUILD_FROM: 'x1y' })).toThrow('REBUILD_FROM is copy or store.');
});
