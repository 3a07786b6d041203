import type { Arrangement, Sector } from '@bestendig/placement-domain';

import { FRAILTIES } from './assumptions';
import { createRandom, pick } from './random';
import { REGIONS } from './sources';

/**
 * How a placement comes about: a new person, one who worked there before the source's first delivery, or on from an
 * earlier placement: straight from job to job, after a time without work, or as a continuation.
 */
export type Origin = 'newcomer' | 'existing' | 'onward' | 'next' | 'rehired' | 'renewed' | 'takenOver' | 'administrative' | 'hired';

/** A placement that is to begin; what a later one must know of the earlier is in here and nowhere else. */
export type Start = {
  /** The day on which the file reaches it: the first day of its first phase, or the source's first delivery. */
  readonly day: number;
  readonly origin: Origin;
  readonly person: number;
  /** Number of the job in the person's life, from 1; a second job beside it has the same number. */
  readonly job: number;
  readonly second: boolean;
  readonly source: number;
  /** What goes on from the placement before; null: chosen anew. */
  readonly from: { readonly post: Post; readonly contractsBefore: number; readonly chainFrom: number; readonly permanent: boolean } | null;
};

/** At whom, where and how much a person works. */
export type Post = {
  readonly employer: number;
  /** Of the formal employer: an agency's placements are markt, whoever hires. */
  readonly sector: Sector;
  readonly arrangement: Arrangement;
  readonly inleners: readonly InlenerShare[];
  readonly hours: number;
};
export type InlenerShare = { readonly employer: number; readonly share: number };

export const JOBS_MAX = 9;

export type Person = { readonly region: string; readonly frailty: number; readonly inTargetGroup: 'yes' | 'no' | 'unknown' };

/** Follows from seed and number, so that no person is kept in memory. */
export function personOf(seed: number, person: number): Person {
  const random = createRandom(seed, person, 0);
  return {
    region: pick(random, REGIONS),
    frailty: pick(random, FRAILTIES),
    inTargetGroup: pick(random, [['yes', 93], ['no', 4], ['unknown', 3]]),
  }; // prettier-ignore
}

/** Prefixed, and letters between the numbers: no key can be read as a BSN. */
export const personKey = (person: number): string => `P-${String(person).padStart(6, '0')}`;
export const employmentKey = (start: Start): string => jobKey('D-', start);
export const employmentKeyElsewhere = (start: Start): string => jobKey('L-', start);
export const messageId = (start: Start, ordinal: number): string => `${jobKey('M', start)}n${ordinal}`;

const jobKey = (prefix: string, start: Start): string =>
  `${prefix}${String(start.person).padStart(6, '0')}${start.second ? 'b' : 'a'}${start.job}`;
