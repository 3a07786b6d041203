import type { DOORSTROOM_TO, UITVAL_CAUSES } from '@bestendig/placement-domain';

import {
  CAUSES, ENDS_AS_PLANNED, ENDS_IN_PERMANENT, ENDS_IN_TEMPORARY, HIRED_BY_INLENER, LABOUR_MARKET, MONTHS_WITHOUT_WORK, NEXT_AFTER_DOORSTROOM, NEXT_AFTER_OTHER, NEXT_AFTER_UITVAL,
  NOT_EXTENDED_IS_UITVAL, ONWARDS, type EndKind, type Onward,
} from './assumptions'; // prettier-ignore
import { yearOf } from './calendar';
import type { Stop } from './contracts';
import { pick, type Random } from './random';

/** How a placement ended, as those there know it; what of it is reported is another matter (reporting.ts). */
export type Ending = {
  readonly lastDay: number;
  /** The legal reason as a code of the list that holds from 2023 (DOMAIN 2.4); null where none fits. */
  readonly code: string | null;
  readonly outcome:
    | { readonly kind: 'uitval'; readonly cause: (typeof UITVAL_CAUSES)[number] }
    | { readonly kind: 'doorstroom'; readonly to: (typeof DOORSTROOM_TO)[number] }
    | { readonly kind: 'otherwise'; readonly how: 'pension' | 'death' | 'agreedOutflow' }
    | { readonly kind: 'continued'; readonly as: 'renewed' | 'takenOver' | 'administrative' }
    | { readonly kind: 'hired' }
    | { readonly kind: 'unknown' };
};

export type EndingContext = {
  readonly flex: boolean;
  readonly uitzend: boolean;
  /** May go on as a new placement: the main job, with a number left. */
  readonly mayContinue: boolean;
  readonly firstDay: number;
  readonly afterProefplaatsing: boolean;
};

export function endingOf(random: Random, stop: Stop, context: EndingContext): Ending {
  const { lastDay } = stop;
  if (stop.at === 'renewed') return { lastDay, code: '92', outcome: { kind: 'continued', as: 'renewed' } };
  if (context.flex && context.mayContinue && random.chance(HIRED_BY_INLENER)) {
    return { lastDay, code: stop.at === 'plannedEnd' ? '30' : '20', outcome: { kind: 'hired' } };
  }
  const kind = endKindOf(random, stop, context);
  return { lastDay, ...meaningOf(random, kind, stop) };
}

function endKindOf(random: Random, stop: Stop, context: EndingContext): EndKind {
  if (stop.at === 'plannedEnd') return pick(random, ENDS_AS_PLANNED);
  const days = stop.lastDay - context.firstDay;
  if (days < 31 && !context.afterProefplaatsing && !context.uitzend && random.chance(0.5)) return 'trialPeriod';
  if (context.uitzend && !stop.permanent && random.chance(0.4)) return 'agencyClause';
  const kind = pick(random, stop.permanent ? ENDS_IN_PERMANENT : ENDS_IN_TEMPORARY);
  if ((kind === 'takenOver' || kind === 'administrative') && !context.mayContinue) return 'agreed';
  if (kind === 'pension' && days < 3 * 365) return 'resigned';
  return kind;
}

function meaningOf(random: Random, kind: EndKind, stop: Stop): Pick<Ending, 'code' | 'outcome'> {
  const uitval = (): Ending['outcome'] => ({ kind: 'uitval', cause: pick(random, CAUSES) });
  switch (kind) {
    case 'doorstroom':
      return { code: stop.at === 'plannedEnd' ? '30' : '20', outcome: { kind: 'doorstroom', to: pick(random, ONWARDS) } };
    case 'resigned':
      return { code: '20', outcome: random.chance(0.5) ? uitvalBy('personalCircumstances') : random.chance(0.5) ? uitvalBy('expectationsMismatch') : { kind: 'unknown' } };
    case 'agreed':
      return { code: '04', outcome: uitval() };
    case 'dissolved':
      return { code: '03', outcome: uitvalBy('notFunctioningAsExpected') };
    case 'urgentCause':
      return { code: '21', outcome: uitvalBy('unknown') };
    case 'economic':
      return { code: '06', outcome: uitvalBy(random.chance(0.6) ? 'noWorkOrMoney' : 'reorganisation') };
    case 'incapacity':
      return { code: '05', outcome: uitvalBy('longTermSickness') };
    case 'trialPeriod':
      return { code: '01', outcome: uitval() };
    case 'agencyClause':
      return random.chance(0.3) ? { code: '40', outcome: uitvalBy('longTermSickness') } : { code: '41', outcome: { kind: 'unknown' } };
    case 'notExtended':
      return { code: '30', outcome: random.chance(NOT_EXTENDED_IS_UITVAL) ? uitval() : { kind: 'unknown' } };
    case 'agreedOutflow':
      return { code: '30', outcome: { kind: 'otherwise', how: 'agreedOutflow' } };
    case 'pension':
    case 'death':
      return { code: '31', outcome: { kind: 'otherwise', how: kind } };
    case 'takenOver':
      return { code: '91', outcome: { kind: 'continued', as: 'takenOver' } };
    case 'administrative':
      return { code: '90', outcome: { kind: 'continued', as: 'administrative' } };
  }
}

const uitvalBy = (cause: (typeof UITVAL_CAUSES)[number]): Ending['outcome'] => ({ kind: 'uitval', cause });

/** Days without work before the person's next job, null when none follows in this history. */
export function gapAfter(random: Random, ending: Ending): number | null {
  const { outcome } = ending;
  const market = LABOUR_MARKET[yearOf(ending.lastDay)] ?? 1;
  switch (outcome.kind) {
    case 'continued':
    case 'hired':
      return 0;
    case 'doorstroom':
      return outcome.to === 'education' || outcome.to === 'selfEmployment' ? later(random, 0.3) : gap(random, NEXT_AFTER_DOORSTROOM, 1);
    case 'uitval':
      return gap(random, NEXT_AFTER_UITVAL, market);
    case 'unknown':
      return gap(random, NEXT_AFTER_OTHER, market);
    case 'otherwise':
      return outcome.how === 'agreedOutflow' ? gap(random, NEXT_AFTER_DOORSTROOM, 1) : null;
  }
}

function gap(random: Random, [atOnce, afterwards]: Onward, market: number): number | null {
  if (!random.chance(atOnce * market)) return later(random, afterwards / (1 - atOnce));
  return random.chance(0.62) ? 0 : random.between(1, 30);
}

function later(random: Random, chance: number): number | null {
  if (!random.chance(chance)) return null;
  return pick(random, MONTHS_WITHOUT_WORK) * 30 + random.between(1, 29);
}
