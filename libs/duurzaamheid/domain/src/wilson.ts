/** The 0.975 quantile of the standard normal distribution. */
const Z = 1.959963984540054;

export type Interval = { readonly low: number; readonly high: number };

/**
 * Wilson's 95% score interval for a share of `part` out of `whole`, without continuity correction; null of nothing.
 * Source: E.B. Wilson, JASA 22 (1927) 209-212; figures to test against in R.G. Newcombe, Statistics in Medicine 17 (1998) 857-872.
 */
export function wilson(part: number, whole: number): Interval | null {
  if (whole === 0) return null;
  const share = part / whole;
  const squared = Z * Z;
  const divisor = 1 + squared / whole;
  const centre = (share + squared / (2 * whole)) / divisor;
  const half = (Z / divisor) * Math.sqrt((share * (1 - share)) / whole + squared / (4 * whole * whole));
  // Rounding must not push the limits of 0 of n and n of n past where they are exactly.
  return { low: part === 0 ? 0 : centre - half, high: part === whole ? 1 : centre + half };
}
