import type { Random } from './random';

const HELD_BACK = 0.03;
const DUPLICATED = 0.012;
const HELD_MAX = 200;

/** The lines of the blocks, some of them later than their turn and some of them twice, in bounded memory. */
export function* disordered(random: Random, blocks: Iterable<readonly string[]>): Generator<string> {
  const held: string[] = [];
  for (const block of blocks) {
    for (const line of block) {
      if (random.chance(HELD_BACK)) held.push(line);
      else yield line;
      // Most duplicates are sent again at once, the others in a later delivery.
      if (random.chance(DUPLICATED)) {
        if (random.chance(0.6)) yield line;
        else held.push(line);
      }
      if (held.length > 0 && (held.length > HELD_MAX || random.chance(held.length / 1_500))) yield take(random, held);
    }
  }
  while (held.length > 0) yield take(random, held);
}

function take(random: Random, held: string[]): string {
  const index = random.between(0, held.length - 1);
  const line = held[index] ?? '';
  const last = held.pop();
  if (last !== undefined && index < held.length) held[index] = last;
  return line;
}
