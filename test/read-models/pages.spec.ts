import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import fc from 'fast-check';
import { forget, projectAll, rowsAtOnce, rowsIn } from './built-rows';
import { randomLogs, storeOf } from './random-logs';

let database: TestDatabase;
beforeAll(async () => void (database = await createTestDatabase()));
afterAll(() => database.drop());

test('rows depend on the events alone: one by one, in pages of any size or all at once', async () => {
  await fc.assert(
    fc.asyncProperty(randomLogs, fc.integer({ min: 1, max: 40 }), async (log, pageEvents) => {
      fc.pre(log.length > 0);
      const expected = await rowsAtOnce(database.url, log);
      await projectAll(database.url, await storeOf(log), pageEvents);
      expect(await rowsIn(database.url, 'read_model_1')).toEqual(expected);
      await forget(database.url);
    }),
    { numRuns: 12, endOnFailure: true },
  );
});
