import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Where a moment of the calendar is meant. */
const MOMENTS = [
  'apps/api/src/create-api.ts',
  'libs/event-store/src/eventstoredb/connection.ts',
  'libs/event-store/src/memory-store.ts',
  'libs/hr-messages/src/validate-message.ts',
  'libs/projection-engine/src/status.ts',
];

test('how long something takes is counted by performance.now(): the wall clock may be set meanwhile', () => {
  const sources = ['apps', 'libs']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !/^libs\/testing\/|\/testing\//.test(file));
  expect(sources.length).toBeGreaterThan(200);
  const found = sources.filter((file) => readFileSync(join(root, file), 'utf8').includes('Date.now'));
  expect(found.sort()).toEqual(MOMENTS);
});
