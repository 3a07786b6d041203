import { wilson } from './wilson';

describe("Wilson's interval", () => {
  // R.G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score, no continuity correction).
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d in %d is as published', (part, whole, low, high) => {
    const interval = wilson(part, whole);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  it('of n in n mirrors that of 0 in n, and stays within 0 and 1', () => {
    expect(wilson(0, 7)?.low).toBe(0);
    expect(wilson(7, 7)?.high).toBe(1);
    expect(wilson(7, 7)?.low).toBeCloseTo(1 - (wilson(0, 7)?.high ?? 0), 12);
  });

  it('is null of nothing', () => {
    expect(wilson(0, 0)).toBeNull();
  });
});
