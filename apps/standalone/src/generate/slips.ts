import type { PlacementFact } from '@bestendig/placement-domain';

import { addMonths, textOf } from './calendar';
import { laterSecond, post, postElsewhere, type Outbox } from './messages';
import type { Random } from './random';
import type { Told } from './told';

/**
 * How people and systems err: values corrected later, corrections that were wrong themselves, facts taken back, two
 * ends of one job. The shares are assumptions; what stands in the end is what the plan says.
 */
const SHARES = {
  corrected: 0.022,
  /** Of the corrected: corrected by two messages, or by a correction that is corrected itself. */
  correctedTwice: 0.08,
  correctionCorrected: 0.12,
  wronglyCorrected: 0.002,
  toldInError: 0.004,
  secondEnd: 0.015,
  ofThoseElsewhere: 0.15,
  secondRegistration: 0.002,
} as const;

/** Sends one fact, with the slips that come with it. */
export function sendWithSlips(outbox: Outbox, told: Told, second: number): void {
  const { random } = outbox;
  const { fact, day } = told;
  const wrong = random.chance(SHARES.corrected) ? spoiled(random, fact, day) : null;
  if (wrong !== null) {
    sendCorrected(outbox, told, wrong, second);
  } else {
    const id = post(outbox, { kind: 'fact', fact }, day, second);
    if (id !== '' && random.chance(SHARES.wronglyCorrected)) sendWrongCorrection(outbox, told, id, second);
  }
  if (fact.type === 'ContractEnded' && random.chance(SHARES.secondEnd)) sendSecondEnd(outbox, fact, day, second);
  if (fact.type === 'PlacementRegistered' && random.chance(SHARES.secondRegistration)) {
    post(outbox, { kind: 'fact', fact: { type: fact.type, data: { ...fact.data, hoursPerWeek: other(fact.data.hoursPerWeek) } } }, day, laterSecond(outbox, second, 1, 60));
  }
  if (fact.type === 'ContractSigned' && random.chance(SHARES.toldInError)) sendInError(outbox, day, second);
}

function sendCorrected(outbox: Outbox, { fact, day }: Told, wrong: PlacementFact, second: number): void {
  const { random } = outbox;
  const first = post(outbox, { kind: 'fact', fact: wrong }, day, second);
  const noticed = laterSecond(outbox, second, 3, random.chance(0.15) ? 400 : 70);
  const again = random.chance(SHARES.correctedTwice + SHARES.correctionCorrected) ? spoiled(random, fact, day) : null;
  if (again === null) {
    post(outbox, { kind: 'correction', corrects: first, fact }, day, noticed);
    return;
  }
  const correction = post(outbox, { kind: 'correction', corrects: first, fact: again }, day, noticed);
  const twice = random.chance(SHARES.correctedTwice / (SHARES.correctedTwice + SHARES.correctionCorrected));
  post(outbox, { kind: 'correction', corrects: twice ? first : correction, fact }, day, laterSecond(outbox, noticed, 2, 60));
}

/** A right fact corrected into a wrong one; the correction is taken back, which uncovers the fact again. */
function sendWrongCorrection(outbox: Outbox, { fact, day }: Told, id: string, second: number): void {
  const wrong = spoiled(outbox.random, fact, day);
  if (wrong === null) return;
  const noticed = laterSecond(outbox, second, 5, 60);
  const correction = post(outbox, { kind: 'correction', corrects: id, fact: wrong }, day, noticed);
  const retraction = { kind: 'retraction', retracts: correction, reason: 'recordedInError', effectiveDate: fact.data.effectiveDate } as const;
  post(outbox, retraction, day, laterSecond(outbox, noticed, 1, 40));
}

/**
 * Somebody else has another last day. Told by the same source: of two ends, the one that was told first stands. Told by
 * another source: nobody registered that key there, so it waits.
 */
function sendSecondEnd(outbox: Outbox, fact: PlacementFact & { type: 'ContractEnded' }, day: number, second: number): void {
  const lastDay = day + outbox.random.between(1, 31);
  const data = { ...fact.data, effectiveDate: textOf(lastDay) };
  const send = outbox.random.chance(SHARES.ofThoseElsewhere) ? postElsewhere : post;
  send(outbox, { kind: 'fact', fact: { type: 'ContractEnded', data } }, lastDay, laterSecond(outbox, second, 1, 40));
}

/** A fact of somebody else's job, told under this one and taken back. */
function sendInError(outbox: Outbox, firstDay: number, second: number): void {
  const { random } = outbox;
  const day = firstDay + random.between(5, 90);
  const effectiveDate = textOf(day);
  const fact: PlacementFact = random.chance(0.5)
    ? { type: 'HoursChanged', data: { effectiveDate, hoursPerWeek: 8 } }
    : { type: 'ContractEnded', data: { effectiveDate } };
  const told = laterSecond(outbox, Math.max(second, day * 86_400), 0, 10);
  const id = post(outbox, { kind: 'fact', fact }, day, told);
  const reason = random.chance(0.6) ? 'wrongEmployment' : random.chance(0.5) ? 'recordedInError' : 'neverHappened';
  post(outbox, { kind: 'retraction', retracts: id, reason, effectiveDate }, day, laterSecond(outbox, told, 2, 45));
}

/** The same fact with one thing wrong, or null where nothing of it tends to be. */
function spoiled(random: Random, fact: PlacementFact, day: number): PlacementFact | null {
  switch (fact.type) {
    case 'PlacementRegistered':
      return { type: fact.type, data: { ...fact.data, hoursPerWeek: other(fact.data.hoursPerWeek) } };
    case 'ContractSigned':
    case 'ContractExtended':
      return spoiledContract(random, fact, day);
    case 'ContractEnded':
      return { type: fact.type, data: { ...fact.data, effectiveDate: textOf(day - random.between(1, 20)) } };
    case 'HoursChanged':
      return { type: fact.type, data: { ...fact.data, hoursPerWeek: other(fact.data.hoursPerWeek) } };
    case 'JobcoachAssigned':
      return { type: fact.type, data: { ...fact.data, level: fact.data.level === 'midden' ? 'licht' : 'midden' } };
    case 'UitvalRecorded':
      return { type: fact.type, data: { ...fact.data, cause: fact.data.cause === 'unknown' ? 'expectationsMismatch' : 'unknown' } };
    case 'DoorstroomRecorded':
      return { type: fact.type, data: { ...fact.data, to: fact.data.to === 'unknown' ? 'otherEmployer' : 'unknown' } };
    case 'EmploymentInterrupted':
    case 'EmploymentResumed':
      return spoiledLeave(random, fact, day);
    case 'ArrangementChanged':
    case 'HiredByInlener':
    case 'StageStarted':
    case 'StageEnded':
    case 'WerkervaringsplekStarted':
    case 'WerkervaringsplekEnded':
    case 'ProefplaatsingStarted':
    case 'ProefplaatsingExtended':
    case 'ProefplaatsingEnded':
    case 'ContractMadePermanent':
    case 'WorkChanged':
    case 'JobcoachEnded':
    case 'BuddyAssigned':
    case 'BuddyEnded':
    case 'TrainingCompleted':
    case 'EmploymentContinued':
    case 'PlacementEndedOtherwise':
      return null;
  }
}

/** The planned end a month off, or the first day a few days. */
function spoiledContract(random: Random, fact: PlacementFact & { type: 'ContractSigned' | 'ContractExtended' }, day: number): PlacementFact {
  const { plannedEnd } = fact.data;
  const dates =
    plannedEnd !== undefined && random.chance(0.5)
      ? { plannedEnd: textOf(addMonths(Date.parse(plannedEnd) / 86_400_000, 1)) }
      : { effectiveDate: textOf(day + random.between(1, 9)) };
  // Two cases of one shape: the compiler wants them apart.
  return fact.type === 'ContractSigned'
    ? { type: 'ContractSigned', data: { ...fact.data, ...dates } }
    : { type: 'ContractExtended', data: { ...fact.data, ...dates } };
}

function spoiledLeave(random: Random, fact: PlacementFact & { type: 'EmploymentInterrupted' | 'EmploymentResumed' }, day: number): PlacementFact {
  const effectiveDate = textOf(day + random.between(1, 6));
  return fact.type === 'EmploymentInterrupted'
    ? { type: 'EmploymentInterrupted', data: { ...fact.data, effectiveDate } }
    : { type: 'EmploymentResumed', data: { effectiveDate } };
}

const other = (hours: number): number => (hours >= 36 ? hours - 4 : hours + 4);
