import { isDay, periodAround } from './days';
import type { DateField, Day, Inexact, PlacementEvent, PlacementFact } from './facts';

/**
 * The timeline never throws, also on data of a later version or of a broken adapter: what it cannot read is parked.
 * These checks look at what the timeline itself uses; what is valid on entry is judged at the edges.
 */
export function isReadable(fact: PlacementFact): boolean {
  if (typeof fact !== 'object' || fact === null || typeof fact.data !== 'object' || fact.data === null) return false;
  if (!isDay(fact.data.effectiveDate)) return false;
  let readable = false;
  switch (fact.type) {
    case 'PlacementRegistered':
      readable =
        typeof fact.data.candidateId === 'string' &&
        typeof fact.data.employerId === 'string' &&
        areInleners(fact.data.inleners);
      break;
    case 'ArrangementChanged':
      readable = typeof fact.data.arrangement === 'string' && areInleners(fact.data.inleners);
      break;
    case 'HiredByInlener':
      readable = typeof fact.data.employerId === 'string' && isOrAbsent('string', fact.data.successorPlacementId);
      break;
    case 'StageStarted':
    case 'WerkervaringsplekStarted':
    case 'ContractExtended':
      readable = isDayOrAbsent(fact.data.plannedEnd);
      break;
    case 'ProefplaatsingStarted':
      readable = isDay(fact.data.plannedEnd) && (fact.data.authority === 'uwv' || fact.data.authority === 'gemeente');
      break;
    case 'ProefplaatsingExtended':
      readable = isDay(fact.data.plannedEnd);
      break;
    case 'ContractSigned':
      readable =
        typeof fact.data.form === 'string' &&
        isDayOrAbsent(fact.data.plannedEnd) &&
        isOrAbsent('number', fact.data.proeftijdDays);
      break;
    case 'HoursChanged':
      readable = typeof fact.data.hoursPerWeek === 'number';
      break;
    case 'JobcoachAssigned':
      readable = isJobcoachKind(fact.data.kind) && isDayOrAbsent(fact.data.grantUntil);
      break;
    case 'JobcoachEnded':
      readable = isJobcoachKind(fact.data.kind);
      break;
    case 'EmploymentInterrupted':
    case 'TrainingCompleted':
    case 'ContractMadePermanent':
    case 'StageEnded':
    case 'WerkervaringsplekEnded':
    case 'ProefplaatsingEnded':
    case 'ContractEnded':
    case 'WorkChanged':
    case 'BuddyAssigned':
    case 'BuddyEnded':
    case 'EmploymentResumed':
      readable = true;
      break;
    case 'EmploymentContinued':
      readable = isDayOrAbsent(fact.data.lastDay) && isOrAbsent('string', fact.data.successorPlacementId);
      break;
    case 'UitvalRecorded':
    case 'DoorstroomRecorded':
    case 'PlacementEndedOtherwise':
      readable = isDayOrAbsent(fact.data.lastDay);
      break;
  }
  return readable;
}

/** The day that a fact gives, before it is known whether it can be read: text, and empty where there is none. */
export function statedDay(fact: PlacementFact | PlacementEvent): Day {
  const day: unknown = fact?.data?.effectiveDate;
  return typeof day === 'string' ? day : '';
}

function isDayOrAbsent(value: Day | undefined): boolean {
  return value === undefined || isDay(value);
}

function isOrAbsent(kind: 'string' | 'number', value: unknown): boolean {
  return value === undefined || value === null || typeof value === kind;
}

function isJobcoachKind(kind: unknown): boolean {
  return kind === 'external' || kind === 'internal';
}

function areInleners(inleners: unknown): boolean {
  if (inleners === undefined) return true;
  if (!Array.isArray(inleners)) return false;
  return inleners.every((inlener: unknown) => typeof inlener === 'object' && inlener !== null);
}

/** True where a fact cannot be so whatever else is: it is planned to end before it starts, however vague both dates are. */
export function contradictsItself(fact: PlacementFact): boolean {
  const { data } = fact;
  if (fact.type === 'JobcoachAssigned') {
    return endsBeforeStart(data.effectiveDate, fact.data.grantUntil, data.inexact, 'grantUntil');
  }
  return 'plannedEnd' in data && endsBeforeStart(data.effectiveDate, data.plannedEnd, data.inexact, 'plannedEnd');
}

function endsBeforeStart(start: Day, end: Day | undefined, inexact: Inexact | undefined, field: DateField): boolean {
  // A fact of a kind that has no such date may still hold anything under its name.
  if (typeof end !== 'string' || end >= start) return false;
  return latest(end, inexact, field) < earliest(start, inexact, 'effectiveDate');
}

/** First day of the period that a date stands for. */
export function earliest(day: Day, inexact: Inexact | undefined, field: DateField): Day {
  const precision = inexact?.[field]?.precision ?? 'day';
  return precision === 'day' ? day : (periodAround(day, precision)?.first ?? day);
}

/** Last day of the period that a date stands for. */
export function latest(day: Day, inexact: Inexact | undefined, field: DateField): Day {
  const precision = inexact?.[field]?.precision ?? 'day';
  return precision === 'day' ? day : (periodAround(day, precision)?.last ?? day);
}

/** True where a date is not known to the day, or assumed. */
export function isInexact(inexact: Inexact | undefined, field: DateField): boolean {
  const known = inexact?.[field];
  return known !== undefined && known !== null && (known.precision !== 'day' || known.assumed === true);
}
