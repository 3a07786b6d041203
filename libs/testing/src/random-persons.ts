import type { Fact } from '@bestendig/placement-domain';
import fc from 'fast-check';
import {
  continued,
  contractEnded,
  doorstroom,
  endedOtherwise,
  extended,
  hiredByInlener,
  placement,
  registered,
  signed,
  uitval,
  type ToldPlacement,
} from './told-facts';

const FIRST = Date.UTC(2023, 0, 1);
const DAY_MS = 86_400_000;
const PERIOD = 30;
const dayAt = (offset: number): string => new Date(FIRST + offset * DAY_MS).toISOString().slice(0, 10);

/** First and last days that meet: of periods of thirty days, now and then a day or ten off. */
const period = fc.integer({ min: 0, max: 6 });
const off = fc.constantFrom(0, 0, 0, 0, 0, 0, 1, -1, 10);
const at = (periods: number, by: number): string => dayAt(Math.max(0, periods * PERIOD + by));
const firstDay = fc.tuple(period, off).map(([periods, by]) => at(periods, by));
const lastDay = fc.tuple(period, off).map(([periods, by]) => at(periods + 1, by - 1));

const ids = ['a', 'b', 'c', 'd', 'e'] as const;
const id = fc.constantFrom(...ids, 'nowhere');
const employer = fc.constantFrom('kvk:1', 'kvk:1', 'kvk:2');
const endCode = fc.constantFrom(undefined, undefined, '30', '30', '04', '20', '31', '33', '90', '92', '99', 'x9');
const length = fc.constantFrom(1, 1, 2, 3, null);

const contract = fc.tuple(period, off, length).map(([periods, by, for_]): readonly [string, string?] => {
  const first = at(periods, by);
  const last = for_ === null ? undefined : at(periods + for_, -1);
  return last === undefined || last < first ? [first] : [first, last];
});
const aContract: fc.Arbitrary<Fact> = contract.map(([first, last]) => signed(first, last));

const fact: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 2, arbitrary: aContract },
  { weight: 1, arbitrary: contract.map(([first, last]) => extended(first, last)) },
  { weight: 3, arbitrary: fc.tuple(lastDay, endCode).map(([last, code]) => contractEnded(last, code)) },
  { weight: 1, arbitrary: lastDay.map((last) => uitval(last)) },
  { weight: 1, arbitrary: lastDay.map(doorstroom) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(lastDay, fc.constantFrom('90' as const, '92' as const), fc.option(id, { nil: undefined }))
      .map(([last, code, next]) => continued(last, code, next)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(lastDay, fc.constantFrom('pension' as const, 'death' as const, 'agreedOutflow' as const))
      .map(([last, kind]) => endedOtherwise(last, kind)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(firstDay, employer, fc.option(id, { nil: undefined }))
      .map(([from, inlener, next]) => hiredByInlener(from, inlener, next)),
  },
);

const registration: fc.Arbitrary<Fact> = fc
  .record({
    effectiveDate: firstDay,
    employerId: employer,
    arrangement: fc.constantFrom('ownEmployment' as const, 'uitzend' as const),
    registrationKind: fc.constantFrom('newJob' as const, 'newJob' as const, 'existingWorker' as const),
    hoursPerWeek: fc.constantFrom(8, 16, 32),
  })
  .map(registered);

/**
 * Up to five placements of one person, each with at least a contract, whose facts fall within 250 days from 1-1-2023 and
 * on few enough days that ends, starts and claims meet. Nothing keeps them from contradicting each other.
 */
export const randomPerson: fc.Arbitrary<readonly ToldPlacement[]> = fc
  .array(fc.tuple(registration, aContract, fc.array(fact, { maxLength: 5 })), { minLength: 1, maxLength: ids.length })
  .map((told) => told.map(([first, second, facts], index) => placement(ids[index] ?? 'a', first, second, ...facts)));

/** A day of, or just after, the histories of `randomPerson`. */
export const randomDay: fc.Arbitrary<string> = fc.integer({ min: 0, max: 260 }).map(dayAt);
