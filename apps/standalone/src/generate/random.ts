/**
 * Seeded chance. Only additions, multiplications and integer steps are used, never Math.log or Math.pow, whose last
 * bit may differ between machines: the same seed must give the same bytes everywhere.
 */
export class Random {
  private counter = 1;

  /** The state; createRandom mixes it. */
  constructor(
    private s0: number,
    private s1: number,
    private s2: number,
  ) {}

  /** 0 <= x < 1, by sfc32: a small fast counter generator of 128 bits. */
  next(): number {
    const sum = (((this.s0 + this.s1) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.s0 = this.s1 ^ (this.s1 >>> 9);
    this.s1 = (this.s2 + (this.s2 << 3)) | 0;
    this.s2 = (((this.s2 << 21) | (this.s2 >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** An integer, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }
}

/** Values with weights that need not sum to 1. */
export type Weighted<T> = readonly (readonly [value: T, weight: number])[];

/** A stream of its own for each (seed, a, b): what one placement draws never shifts what another draws. */
export function createRandom(seed: number, a: number, b: number): Random {
  const random = new Random(seed | 0, a | 0, b | 0);
  for (let warmUp = 0; warmUp < 12; warmUp += 1) random.next();
  return random;
}

/** One of the values, by weight. Plain loops: this runs some twenty times per placement. */
export function pick<T>(random: Random, choices: Weighted<T>): T {
  let total = 0;
  for (let index = 0; index < choices.length; index += 1) total += choices[index]?.[1] ?? 0;
  let rest = random.next() * total;
  let chosen: T | undefined;
  for (let index = 0; index < choices.length && rest >= 0; index += 1) {
    const choice = choices[index];
    if (choice === undefined || choice[1] <= 0) continue;
    chosen = choice[0];
    rest -= choice[1];
  }
  if (chosen === undefined) throw new RangeError('Nothing to pick from');
  return chosen;
}
