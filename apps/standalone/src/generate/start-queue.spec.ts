import * as fc from 'fast-check';

import { disordered } from './disorder';
import type { Start } from './persons';
import { createRandom } from './random';
import { createStartQueue } from './start-queue';

const start = (day: number, person: number): Start => ({ day, person, origin: 'newcomer', job: 1, second: false, source: 0, from: null });

test('starts leave the queue by day, whatever the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), (days) => {
      const queue = createStartQueue();
      days.forEach((day, person) => queue.push(start(day, person)));
      expect(queue.before(25)).toBe(days.filter((day) => day < 25).length);
      const left: number[] = [];
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) left.push(next.day);
      expect(left).toEqual([...days].sort((a, b) => a - b));
      expect(queue.size()).toBe(0);
    }),
    { numRuns: 100 },
  );
});

test('disorder moves and doubles lines and loses none', () => {
  const blocks = Array.from({ length: 500 }, (_, block) => Array.from({ length: 6 }, (_, line) => `${block}.${line}`));
  const lines = [...disordered(createRandom(1, 2, 3), blocks)];
  expect(new Set(lines)).toEqual(new Set(blocks.flat()));
  expect(lines.length - 3_000).toBeGreaterThan(10);
  expect(lines.length - 3_000).toBeLessThan(80);
  expect(lines.filter((line, index) => line !== blocks.flat()[index]).length).toBeGreaterThan(0);
});
