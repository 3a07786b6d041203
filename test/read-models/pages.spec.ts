import { addDays, PERSON_PLACEMENTS_MAX } from '@bestendig/placement-domain';
import { contractEnded, createTestDatabase, fact, registered, signed, type TestDatabase } from '@bestendig/testing';
import fc from 'fast-check';
import { forget, projectAll, rowsAtOnce, rowsIn } from './built-rows';
import { randomLogs, storeOf, uuidOf, type LoggedEvent } from './random-logs';
import { ToldLog } from './told-log';

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

test.each([1, 2, 3, 6, 100])(
  'a placement leaves its person in a moment that a page of %d cuts through',
  async (pageEvents) => {
    const told = new ToldLog();
    const [first, second] = [uuidOf('first placement'), uuidOf('second placement')];
    const log = [
    told.at(1, first, registered({ candidateId: uuidOf('person'), employerId: 'kvk:10000001' })),
    told.at(1, first, signed('2020-01-01')),
    told.at(1, first, contractEnded('2020-06-30', '30')),
    told.at(1, second, registered({ candidateId: uuidOf('person'), employerId: 'kvk:10000001' })),
    told.at(1, second, signed('2020-07-01')),
    told.moved(2, first, uuidOf('other person')),
    told.at(2, second, fact('HoursChanged', { effectiveDate: '2020-09-01', hoursPerWeek: 12 })),
    told.at(3, second, contractEnded('2020-12-31', '04')),
  ]; // prettier-ignore
    const expected = await rowsAtOnce(database.url, log);
    await projectAll(database.url, await storeOf(log), pageEvents);
    expect(await rowsIn(database.url, 'read_model_1')).toEqual(expected);
    await forget(database.url);
  },
);

test.each([23, 150, 1000])('one key that stands for hundreds of people, in pages of %d', async (pageEvents) => {
  const told = new ToldLog();
  const named = (number: number): string => uuidOf(`placement ${number}`);
  /** Each begins on the day after the one before it ended, at the same employer: a chain, were it one person. */
  const opened = (day: number, from: number, until: number): readonly LoggedEvent[] =>
    Array.from({ length: until - from }, (_, index) => from + index).flatMap((number) => [
      told.at(day, named(number), registered({ candidateId: uuidOf('unknown'), employerId: 'kvk:10000001' })),
      told.at(day, named(number), signed(addDays('2020-01-01', 10 * number))),
      told.at(day, named(number), contractEnded(addDays('2020-01-01', 10 * number + 9), '30')),
    ]);
  const leaves = (day: number, number: number): LoggedEvent =>
    told.moved(day, named(number), uuidOf(`known ${number}`));
  const changes = (day: number, number: number): LoggedEvent =>
    told.at(day, named(number), fact('HoursChanged', { effectiveDate: '2020-09-01', hoursPerWeek: 12 }));
  const log = [
    ...opened(1, 0, PERSON_PLACEMENTS_MAX),
    ...opened(2, PERSON_PLACEMENTS_MAX, PERSON_PLACEMENTS_MAX + 3),
    leaves(2, 5),
    ...[6, 7, 8].map((number) => leaves(3, number)),
    ...opened(4, PERSON_PLACEMENTS_MAX + 3, PERSON_PLACEMENTS_MAX + 40),
    ...[9, 20, 30].map((number) => changes(5, number)),
    ...opened(5, PERSON_PLACEMENTS_MAX + 40, PERSON_PLACEMENTS_MAX + 42),
    leaves(6, 10),
    ...[40, 41, PERSON_PLACEMENTS_MAX + 41].map((number) => changes(7, number)),
  ];
  const expected = await rowsAtOnce(database.url, log);
  await projectAll(database.url, await storeOf(log), pageEvents);
  expect(await rowsIn(database.url, 'read_model_1')).toEqual(expected);
  expect(expected['chain']?.filter((row) => row.includes('personOfTooManyPlacements')).length).toBeGreaterThan(
    PERSON_PLACEMENTS_MAX,
  );
  await forget(database.url);
});
