import type { Inlener, Sector } from '@bestendig/placement-domain';

import type { InlenerShare } from './persons';
import { createRandom, pick, type Random } from './random';
import { OVERHEID_SECTORS, REGIONS } from './sources';

/**
 * Employers are numbers; all that is known of one follows from its number and the seed, so none is kept in memory.
 * From low to high: agencies (uitzend, detachering), overheid, markt.
 */
export type Employers = {
  readonly agency: (random: Random) => number;
  readonly overheid: (random: Random) => number;
  /** An employer in the markt with work in that region: one of the region itself, or a national one. */
  readonly markt: (random: Random, region: string) => number;
  readonly sectorOf: (employer: number) => Sector;
};

const PLACEMENTS_PER_EMPLOYER = 12;
const AGENCY_SHARE = 0.03;
const OVERHEID_SHARE = 0.12;
const NATIONAL_SHARE = 0.08;
const EMPLOYERS_MIN = 200;
/** The numbers above are for those who provide a jobcoach. */
const NUMBERS_FOR_EMPLOYERS = 990_000;

export function createEmployers(placements: number, seed: number): Employers {
  const count = Math.min(NUMBERS_FOR_EMPLOYERS, Math.max(EMPLOYERS_MIN, Math.ceil(placements / PLACEMENTS_PER_EMPLOYER)));
  const overheidFrom = Math.ceil(count * AGENCY_SHARE);
  const marktFrom = overheidFrom + Math.ceil(count * OVERHEID_SHARE);
  const regionalFrom = marktFrom + Math.ceil(count * NATIONAL_SHARE);
  const ranges = regionRanges(regionalFrom, count);
  return {
    agency: (random) => skewed(random, 0, overheidFrom),
    overheid: (random) => skewed(random, overheidFrom, marktFrom),
    markt: (random, region) => {
      const range = random.chance(0.2) ? undefined : ranges.get(region);
      return range === undefined ? skewed(random, marktFrom, regionalFrom) : skewed(random, range.from, range.to);
    },
    sectorOf: (employer) =>
      employer >= overheidFrom && employer < marktFrom ? pick(createRandom(seed, employer, 7), OVERHEID_SECTORS) : 'markt',
  };
}

/** Few employers have many placements, many have one or two. */
function skewed(random: Random, from: number, to: number): number {
  const x = random.next();
  return from + Math.floor(x * x * (to - from));
}

function regionRanges(from: number, to: number): ReadonlyMap<string, { readonly from: number; readonly to: number }> {
  const total = REGIONS.reduce((sum, [, weight]) => sum + weight, 0);
  const ranges = new Map<string, { from: number; to: number }>();
  let before = 0;
  for (const [region, weight] of REGIONS) {
    const first = from + Math.floor(((to - from) * before) / total);
    before += weight;
    ranges.set(region, { from: first, to: Math.max(first + 1, from + Math.floor(((to - from) * before) / total)) });
  }
  return ranges;
}

/** An organisation number that is not given out (99000000 and up): markt by KvK number, overheid by OIN. */
export function organisationOf(employer: number, sector: Sector): string {
  const digits = numberOf(employer);
  return sector === 'markt' ? `kvk:99${digits}` : `oin:0000000399${digits}0000`;
}

/** One of forty organisations that provide a jobcoach. */
export const jobcoachProvider = (random: Random): string => `kvk:99${numberOf(NUMBERS_FOR_EMPLOYERS + random.between(0, 39))}`;

/** Six digits, each employer its own: 7,919 has no factor in common with a million. */
const numberOf = (employer: number): string => String((employer * 7_919) % 1_000_000).padStart(6, '0');

/** The cell `inleners` of a message. */
export function inlenersField(inleners: readonly InlenerShare[], employers: Employers): { inleners?: readonly Inlener[] } {
  if (inleners.length === 0) return {};
  return {
    inleners: inleners.map(({ employer, share }) => ({ employerId: organisationOf(employer, employers.sectorOf(employer)), share })),
  };
}
