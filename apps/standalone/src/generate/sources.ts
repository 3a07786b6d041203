import type { Arrangement, Sector } from '@bestendig/placement-domain';

import { dayNumberOf } from './calendar';
import type { Weighted } from './random';

/**
 * When a source tells what it knows: on the day, every Monday, with the payroll run of the 25th, or in the weeks after
 * a quarter.
 */
export type Habit = 'daily' | 'weekly' | 'monthly' | 'quarterly';

/** A system that delivers facts. All of it is invented; the figures are habits, chosen so that sources differ. */
export type Source = {
  /** `source` of its messages. */
  readonly urn: string;
  readonly habit: Habit;
  /** Its first delivery: who then worked already is delivered as an existing worker, who had left is not. */
  readonly firstDelivery: number;
  /** Share of the new persons, among the sources that deliver by then. */
  readonly weight: number;
  /** Share of all placements of the history that its first delivery brings as existing workers. */
  readonly existingShare: number;
  readonly overheidShare: number;
  readonly arrangements: Weighted<Arrangement>;
  /** Share of new placements that begin with each phase. */
  readonly stageShare: number;
  readonly werkervaringsplekShare: number;
  readonly proefplaatsingShare: number;
  /** Proefplaatsing granted by the gemeente, else by UWV. */
  readonly gemeenteShare: number;
  /** How often an end carries a code, and how often it says in so many words how it ended. */
  readonly endCodeShare: number;
  readonly explicitEndShare: number;
  /** Facts that come one to three months late, three to nine, and nine to eighteen. */
  readonly lateShares: readonly [months: number, quarters: number, year: number];
  /** Dates known to the month only. */
  readonly inexactShare: number;
  /** Support facts sent without a message id. */
  readonly withoutIdShare: number;
  /** Gives the person's key with every fact, not only with the registration. */
  readonly alwaysNamesPerson: boolean;
};

/** Organisation numbers from 99000000 on are not given out: no organisation that exists is meant. */
const urn = (number: number, system: string): string => `urn:nld:oin:0000000399${number}0000:systeem:${system}`;

const DIRECT: Weighted<Arrangement> = [['ownEmployment', 94], ['inkoop', 3], ['beschut', 3]]; // prettier-ignore

export const SOURCES: readonly Source[] = [
  {
    urn: urn(999901, 'personeel'), habit: 'daily', firstDelivery: dayNumberOf(2015, 1, 5), weight: 32, existingShare: 0.037, overheidShare: 0.07,
    arrangements: DIRECT, stageShare: 0.03, werkervaringsplekShare: 0.03, proefplaatsingShare: 0.2, gemeenteShare: 0.3,
    endCodeShare: 0.85, explicitEndShare: 0.55, lateShares: [0.05, 0.012, 0.003], inexactShare: 0.004, withoutIdShare: 0, alwaysNamesPerson: true,
  },
  {
    urn: urn(999902, 'salaris'), habit: 'monthly', firstDelivery: dayNumberOf(2015, 1, 26), weight: 27, existingShare: 0.037, overheidShare: 0.05,
    arrangements: DIRECT, stageShare: 0, werkervaringsplekShare: 0.01, proefplaatsingShare: 0.09, gemeenteShare: 0.3,
    endCodeShare: 0.97, explicitEndShare: 0.06, lateShares: [0.04, 0.01, 0.002], inexactShare: 0, withoutIdShare: 0, alwaysNamesPerson: true,
  },
  {
    urn: urn(999903, 'flex'), habit: 'weekly', firstDelivery: dayNumberOf(2016, 1, 4), weight: 18, existingShare: 0.017, overheidShare: 0.22,
    arrangements: [['uitzend', 46], ['detacheringIndividual', 34], ['detacheringGroup', 20]],
    stageShare: 0, werkervaringsplekShare: 0.02, proefplaatsingShare: 0.1, gemeenteShare: 0.5,
    endCodeShare: 0.9, explicitEndShare: 0.35, lateShares: [0.06, 0.015, 0.004], inexactShare: 0.002, withoutIdShare: 0, alwaysNamesPerson: false,
  },
  {
    urn: urn(999904, 'werkplein'), habit: 'quarterly', firstDelivery: dayNumberOf(2015, 7, 1), weight: 15, existingShare: 0.017, overheidShare: 0.16,
    arrangements: [['ownEmployment', 86], ['detacheringIndividual', 6], ['beschut', 8]],
    stageShare: 0.07, werkervaringsplekShare: 0.12, proefplaatsingShare: 0.5, gemeenteShare: 0.75,
    endCodeShare: 0.25, explicitEndShare: 0.85, lateShares: [0.09, 0.025, 0.008], inexactShare: 0.03, withoutIdShare: 0.2, alwaysNamesPerson: false,
  },
  {
    urn: urn(999905, 'rijkspersoneel'), habit: 'daily', firstDelivery: dayNumberOf(2018, 1, 8), weight: 8, existingShare: 0.015, overheidShare: 1,
    arrangements: [['ownEmployment', 84], ['detacheringGroup', 10], ['detacheringIndividual', 6]],
    stageShare: 0.05, werkervaringsplekShare: 0.04, proefplaatsingShare: 0.28, gemeenteShare: 0.2,
    endCodeShare: 0.92, explicitEndShare: 0.7, lateShares: [0.05, 0.012, 0.003], inexactShare: 0.002, withoutIdShare: 0, alwaysNamesPerson: true,
  },
]; // prettier-ignore

/** Weights invented, after the order of the sectors' targets and staff (DOMAIN 1.3, 4.3). */
export const OVERHEID_SECTORS: Weighted<Sector> = [
  ['gemeenten', 26], ['rijk', 22], ['po', 9], ['vo', 6], ['mbo', 6], ['hbo', 4], ['wo', 5], ['umc', 7], ['overigOverheid', 5], ['politie', 3], ['defensie', 2],
  ['provincies', 2], ['waterschappen', 1.6], ['onderzoekinstellingen', 0.8], ['rechterlijkeMacht', 0.6],
]; // prettier-ignore

/** The codes of DOMAIN 1.7; the weights are invented. */
export const REGIONS: Weighted<string> = [
  ['AM01', 5], ['AM02', 4], ['AM03', 2.2], ['AM05', 4.4], ['AM06', 3.8], ['AM07', 2.8], ['AM08', 2], ['AM09', 1.8], ['AM10', 1.2], ['AM11', 2], ['AM12', 1],
  ['AM13', 4], ['AM14', 1.7], ['AM15', 3.4], ['AM17', 1.6], ['AM18', 6], ['AM19', 2.6], ['AM20', 1.2], ['AM21', 5], ['AM22', 7.6], ['AM23', 1.8], ['AM24', 2.2],
  ['AM25', 4.2], ['AM26', 2.8], ['AM27', 3.8], ['AM28', 3], ['AM29', 1.7], ['AM30', 4], ['AM32', 1.7], ['AM33', 1.5], ['AM34', 2], ['AM35', 0.6], ['AM36', 3.6],
  ['AM37', 1.8], ['AM38', 1.8],
]; // prettier-ignore
