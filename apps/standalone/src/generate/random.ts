/**
 * Seeded chance. Only additions, multiplications and integer steps are used, never Math.log or Math.pow, whose last
 * bit may differ between machines: the same seed must give the same bytes everywhere.
 */
export type Random = {
  /** 0 <= x < 1. */
  readonly next: () => number;
  readonly chance: (probability: number) => boolean;
  /** An integer, both ends included. */
  readonly between: (low: number, high: number) => number;
};

/** Values with weights that need not sum to 1. */
export type Weighted<T> = readonly (readonly [value: T, weight: number])[];

/** A stream of its own for each (seed, a, b): what one placement draws never shifts what another draws. */
export function createRandom(seed: number, a: number, b: number): Random {
  let s0 = seed | 0;
  let s1 = a | 0;
  let s2 = b | 0;
  let counter = 1;
  const next32 = (): number => {
    // sfc32, a small fast counter generator of 128 bits.
    const sum = (((s0 + s1) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    s0 = s1 ^ (s1 >>> 9);
    s1 = (s2 + (s2 << 3)) | 0;
    s2 = (((s2 << 21) | (s2 >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next32();
  const next = (): number => next32() / 4_294_967_296;
  return {
    next,
    chance: (probability) => next() < probability,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
  };
}

/** One of the values, by weight. */
export function pick<T>(random: Random, choices: Weighted<T>): T {
  let total = 0;
  for (const [, weight] of choices) total += weight;
  if (!(total > 0)) throw new RangeError('Nothing to pick from');
  let rest = random.next() * total;
  let chosen: T | undefined;
  for (const [value, weight] of choices) {
    chosen = value;
    rest -= weight;
    if (rest < 0) break;
  }
  if (chosen === undefined) throw new RangeError('Nothing to pick from');
  return chosen;
}
