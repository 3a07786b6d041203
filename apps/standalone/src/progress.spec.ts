import { PassThrough } from 'node:stream';
import { duration, Pace, showProgress, whole } from './progress';

test('the rate is that of the last seconds, and the time left follows it', () => {
  let now = 0;
  const pace = new Pace(() => now);
  pace.say(0, 1_000, 0, 'lines');
  now = 1_000;
  expect(pace.say(100, 1_000, 2_000, 'lines')).toBe(' 10% · 2,000 lines · 2,000/s · 9 s left');
  for (now = 2_000; now <= 30_000; now += 1_000) pace.say(100 + now / 1_000, 1_000, 2_000 + now / 100, 'lines');
  expect(pace.say(130, 1_000, 2_300, 'lines')).toMatch(/(9|10|11)\/s · 1[4-6] min \d\d s left$/);
  now = 31_000;
  expect(pace.say(1_000, 1_000, 9_000, 'lines')).toMatch(/^100% · 9,000 lines .* done$/);
});

test('without a terminal nothing is said of what was done at once, and no line is overwritten', () => {
  const stream = new PassThrough();
  const progress = showProgress({ label: 'Importing', unit: 'lines', stream: stream as unknown as NodeJS.WriteStream });
  progress.update(1, 2, 1);
  progress.stop();
  expect(stream.read()).toBeNull();
});

test('numbers and durations are written for people', () => {
  expect([whole(1_234_567.4), duration(7.2), duration(125), duration(4_200)]).toEqual(['1,234,567', '8 s', '2 min 05 s', '1 h 10 min']);
});
