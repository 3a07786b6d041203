import type { Random } from './random';

const HELD_BACK = 0.03;
const DUPLICATED = 0.012;
const HELD_MAX = 200;

/** The lines, some of them later than their turn and some of them twice, in bounded memory. */
export function* disordered(random: Random, lines: Iterable<string>): Generator<string> {
  const held: string[] = [];
  for (const line of lines) {
    if (random.chance(HELD_BACK)) held.push(line);
    else yield line;
    // Most duplicates are sent again at once, the others in a later delivery.
    if (random.chance(DUPLICATED)) {
      if (random.chance(0.6)) yield line;
      else held.push(line);
    }
    if (held.length > 0 && (held.length > HELD_MAX || random.chance(held.length / 1_500))) yield* take(random, held);
  }
  while (held.length > 0) yield* take(random, held);
}

function* take(random: Random, held: string[]): Generator<string> {
  const index = random.between(0, held.length - 1);
  const line = held[index];
  const last = held.pop();
  if (line === undefined || last === undefined) return;
  if (index < held.length) held[index] = last;
  yield line;
}
