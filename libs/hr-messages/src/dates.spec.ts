import fc from 'fast-check';
import { parseDate, parseTime } from './dates';

test.each([
  ['2023-03-01', '2023-03-01', 'day', false],
  ['2023-03-01~', '2023-03-01', 'day', true],
  ['2023-03', '2023-03-16', 'month', false],
  ['2023-02', '2023-02-14', 'month', false],
  ['2024-02~', '2024-02-15', 'month', true],
  ['2023-04', '2023-04-15', 'month', false],
  ['2023-Q1', '2023-02-14', 'quarter', false],
  ['2023-Q4', '2023-11-15', 'quarter', false],
  ['2023', '2023-07-02', 'year', false],
  ['2024~', '2024-07-01', 'year', true],
])('%s is placed on %s', (text, day, precision, assumed) => {
  expect(parseDate(text)).toEqual({ day, precision, assumed });
});

test.each(['2023-02-30', '2023-02-29', '2023-13', '2023-00', '2023-Q5', '2023-Q0', '1949-12-31', '2101', '2023-3-1', '23-03-01', '2023-03-01T00:00:00Z', ' 2023', '2023~~', '2023-03-00', '2023-06-31', ''])(
  '%s is no date',
  (text) => {
    expect(parseDate(text)).toBeNull();
  },
);

test.each([
  ['2023-03-01T09:30:00Z', '2023-03-01T09:30:00.000000Z'],
  ['2023-03-01t09:30:00.1z', '2023-03-01T09:30:00.100000Z'],
  ['2023-03-01T00:30:00+01:00', '2023-02-28T23:30:00.000000Z'],
  ['2023-12-31T23:30:00.1234567-02:00', '2024-01-01T01:30:00.123456Z'],
])('%s is %s', (text, instant) => {
  expect(parseTime(text)).toBe(instant);
});

test.each(['2023-03-01', '2023-03-01T09:30:00', '2023-03-01 09:30:00Z', '2023-02-29T09:30:00Z', '2023-03-01T24:00:00Z', '2023-03-01T09:30:60Z', '2023-03-01T09:30Z', '1900-01-01T00:00:00Z', '2023-03-01T09:30:00+25:00'])(
  '%s is no time',
  (text) => {
    expect(parseTime(text)).toBeNull();
  },
);

test('a time is the moment that its offset means', () => {
  const moments = fc.date({ min: new Date('1960-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, fc.integer({ min: -1439, max: 1439 }), (moment, offset) => {
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) => String(part).padStart(2, '0'));
      const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1);
      expect(parseTime(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)).toBe(moment.toISOString().replace('Z', '000Z'));
    }),
  );
});
