import type { DOORSTROOM_TO, UITVAL_CAUSES } from '@bestendig/placement-domain';

import { dayNumberOf } from './calendar';
import type { Weighted } from './random';

/**
 * The dials of the synthetic history. None of these is a published figure: they were turned until what comes out
 * meets the published figures (docs/synthetic-data.md shows aim and outcome; test/generator measures them).
 */

/** Nothing is reported on or after this day: a demo must never know what has not happened. */
export const REPORTED_BEFORE = dayNumberOf(2026, 6, 1);
export const FIRST_START = dayNumberOf(2015, 1, 1);

/** Persons differ in how firmly they hold a job: a factor on every chance of losing it. */
export const FRAILTIES: Weighted<number> = [[0.4, 36], [1, 37], [1.9, 27]]; // prettier-ignore

/** Those who come from outside work hold their first job less firmly. */
export const NEW_TO_WORK = 1.25;

/** Starts per month, January first: peaks in January and September (DOMAIN 1.3 and the school year). */
export const SEASON: readonly number[] = [1.55, 0.95, 1.02, 1, 0.95, 0.9, 0.75, 0.85, 1.45, 1.1, 0.95, 0.6];
/** Starts per year, growing with the number at work (DOMAIN 4.2); 2020 stands back. */
export const STARTS_BY_YEAR: Readonly<Record<number, number>> = {
  2015: 0.62, 2016: 0.7, 2017: 0.84, 2018: 0.98, 2019: 1.04, 2020: 0.94, 2021: 1.12, 2022: 1.2, 2023: 1.2, 2024: 1.2, 2025: 1.2, 2026: 1.2,
}; // prettier-ignore

/** Months of a first contract; 0 is permanent. */
export const FIRST_CONTRACT_MONTHS: Weighted<number> = [[6, 49], [7, 6], [12, 32], [24, 4], [0, 9]]; // prettier-ignore
export const FLEX_CONTRACT_MONTHS: Weighted<number> = [[3, 14], [6, 46], [12, 34], [24, 2], [0, 4]]; // prettier-ignore
export const NEXT_CONTRACT_MONTHS: Weighted<number> = [[6, 24], [12, 66], [24, 10]]; // prettier-ignore

/** Going on after the first, second and later contracts, for a person of frailty 1. */
export const GOES_ON: readonly [number, number, number] = [0.34, 0.57, 0.74];
/** Of those who go on: made permanent, by the year of the decision. */
export const MADE_PERMANENT: Readonly<Record<number, number>> = {
  2015: 0.14, 2016: 0.14, 2017: 0.13, 2018: 0.13, 2019: 0.18, 2020: 0.34, 2021: 0.38, 2022: 0.5, 2023: 0.5, 2024: 0.46, 2025: 0.38, 2026: 0.38,
}; // prettier-ignore

/** Monthly chance that a job ends in between: in a temporary contract, and in a permanent one by years in the job. */
export const MONTHLY_END_TEMPORARY = 0.036;
export const MONTHLY_END_PERMANENT: readonly number[] = [0.038, 0.034, 0.03, 0.026, 0.022, 0.018];

/** How an end in a temporary contract, in a permanent one, and at a planned end comes about. */
export type EndKind =
  | 'doorstroom' | 'resigned' | 'agreed' | 'dissolved' | 'urgentCause' | 'economic' | 'incapacity' | 'trialPeriod' | 'agencyClause'
  | 'notExtended' | 'agreedOutflow' | 'pension' | 'death' | 'takenOver' | 'administrative'; // prettier-ignore
export const ENDS_IN_TEMPORARY: Weighted<EndKind> = [
  ['doorstroom', 40], ['resigned', 22], ['agreed', 24], ['dissolved', 4], ['urgentCause', 1.5], ['economic', 4], ['death', 0.5], ['takenOver', 2], ['administrative', 2],
]; // prettier-ignore
export const ENDS_IN_PERMANENT: Weighted<EndKind> = [
  ['doorstroom', 48], ['resigned', 12], ['agreed', 13], ['dissolved', 3], ['urgentCause', 0.8], ['economic', 6], ['incapacity', 5], ['pension', 4], ['death', 1.4], ['takenOver', 4],
  ['administrative', 4],
]; // prettier-ignore
export const ENDS_AS_PLANNED: Weighted<EndKind> = [['notExtended', 62], ['doorstroom', 29], ['agreedOutflow', 9]]; // prettier-ignore

/** A contract that is not extended is uitval (work not wanted on) in most, and in the rest nobody says. */
export const NOT_EXTENDED_IS_UITVAL = 0.55;

/** DOMAIN 2.4: UWV's published sub-reasons and those of the success stories; the weights are invented. */
export const CAUSES: Weighted<(typeof UITVAL_CAUSES)[number]> = [
  ['notFunctioningAsExpected', 20], ['fixedRiskTooLarge', 10], ['noWorkOrMoney', 16], ['colleaguesResistance', 3], ['tooMuchGuidanceNeeded', 11], ['productivityTooLow', 9],
  ['expectationsMismatch', 9], ['noFittingTasks', 6], ['employerGuidanceScarce', 4], ['temporaryProjectEnded', 4], ['reorganisation', 3], ['personalCircumstances', 3], ['unknown', 2],
]; // prettier-ignore
export const ONWARDS: Weighted<(typeof DOORSTROOM_TO)[number]> = [
  ['otherEmployer', 40], ['otherEmployerSameSector', 28], ['sameEmployer', 12], ['education', 6], ['selfEmployment', 2], ['unknown', 12],
]; // prettier-ignore

/** The next job follows at once (within a month), later, or not in this history. */
export type Onward = readonly [atOnce: number, later: number];
export const NEXT_AFTER_DOORSTROOM: Onward = [0.97, 0.02];
export const NEXT_AFTER_UITVAL: Onward = [0.38, 0.24];
export const NEXT_AFTER_OTHER: Onward = [0.57, 0.2];
/** How easily work was found in a year, as a factor on the chance of a job at once. */
export const LABOUR_MARKET: Readonly<Record<number, number>> = {
  2015: 0.7, 2016: 0.6, 2017: 0.75, 2018: 0.97, 2019: 0.98, 2020: 0.95, 2021: 1.17, 2022: 1.18, 2023: 1.02, 2024: 0.98, 2025: 1, 2026: 1,
}; // prettier-ignore
/** Months without work before a later job. */
export const MONTHS_WITHOUT_WORK: Weighted<number> = [[1, 8], [2, 10], [3, 13], [5, 18], [8, 18], [12, 16], [20, 12], [34, 5]]; // prettier-ignore

/** Proefplaatsing: employed within two months of its end, and later (DOMAIN 4.3: 62% and 28%). */
export const PROEFPLAATSING_HIRED = 0.64;
export const PROEFPLAATSING_LATER = 0.8;
export const STAGE_HIRED = 0.5;

/** Hours per week of a job (mean with second jobs about 29 per worker: DOMAIN 4.3), and of a second job. */
export const HOURS: Weighted<number> = [
  [12, 3], [16, 6], [18, 3], [20, 9], [24, 16], [25.5, 4], [28, 10], [30, 7], [32, 21], [36, 15], [38, 2], [40, 6],
]; // prettier-ignore
export const HOURS_OF_SECOND_JOB: Weighted<number> = [[8, 40], [12, 40], [16, 20]]; // prettier-ignore
export const SECOND_JOB = 0.1;

/** Small shares of what makes histories awkward. */
export const RENEWED_UNDER_NEW_KEY = 0.07;
export const BACK_UNDER_SAME_KEY = 0.03;
export const REHIRED_BY_SAME_EMPLOYER = 0.14;
export const HIRED_BY_INLENER = 0.12;
export const BEYOND_KETEN = 0.01;
export const END_NEVER_REPORTED = 0.03;
