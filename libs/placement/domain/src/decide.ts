import { factOf, type PlacementCommand } from './commands';
import { lastDayOfMonths } from './days';
import type { Fact, FactReference, Inlener, PlacementEvent } from './facts';
import { PROEFPLAATSING, rowOn } from './policies';
import { timeline } from './timeline';
import type { Notice, ParkedReason, Timeline } from './timeline-types';

/** Why a command is refused. The first group is what would park the fact if HR had sent it. */
export const PLACEMENT_RULE_CODES = [
  'notRegistered', // no registration of this placement stands
  'otherFactStands', // another fact says this differently for the same day
  'noContract', // needs a contract that covers its date
  'contractRunning', // the contract before it has no end before this one begins
  'noContractToExtend', // an extension without an earlier contract
  'alreadyPermanent', // the contract is permanent already
  'notStarted', // an end without its start
  'alreadyRunning', // a start while the one before it still runs
  'proefplaatsingTooLong', // longer than the authority allows in all
  'noInlener', // the placement does not have that inlener on the day before
  'eventUnknown', // no such event in this placement
  'cyclicReference', // would refer to itself in a ring
  'cannotReplaceModifier', // a retraction or discard is not corrected but retracted
  'datesContradict', // planned to end before it starts
  'unreadable', // content that this version cannot read
  'alreadyRegistered', // a registration stands: correct that one
  'proefplaatsingFirstPeriodTooLong', // longer than the authority allows at once: extend it
  'endCodeUnlisted', // not an end code of the official list
  'endCodeOutsideItsDates', // the end code does not exist on that day
  'inlenersSharesNotOne', // the shares of the inleners do not sum to 1
  'alreadyTakenOut', // the fact was retracted or discarded already
  'factNotParked', // only a parked fact is discarded
] as const; // prettier-ignore
export type PlacementRuleCode = (typeof PLACEMENT_RULE_CODES)[number];

/** A person's command that breaks a rule. `because` is the event that it meets, where there is one. */
export class PlacementRuleError extends Error {
  constructor(
    readonly code: PlacementRuleCode,
    readonly because: string | null = null,
  ) {
    super(`the placement's rules refuse this: ${code}`);
    this.name = 'PlacementRuleError';
  }
}

/** What is to be recorded, and what a person should look at because of it. */
export type Decision = { readonly events: readonly Fact[]; readonly notices: readonly Pick<Notice, 'code' | 'date'>[] };

/**
 * Decides a person's command on a placement as it is now: the fact to record, or why not. What HR sends is never
 * decided upon; there the timeline parks what a person is refused here.
 *
 * @param current everything known of the placement; of an unknown placement `timeline([])`.
 * @param reportedAt the moment of the command (form of recordedAt): later than all that was reported, when left out.
 * @throws PlacementRuleError
 */
export function decide(command: PlacementCommand, current: Timeline, reportedAt: string = LATEST): Decision {
  const fact = factOf(command);
  checkTarget(fact, current);
  checkRules(fact.type === 'FactCorrected' ? fact.data.replacement : fact);
  const after = timeline([...current.facts.map(({ event }) => event), asEvent(fact, reportedAt)]);
  checkVerdict(fact, after);
  const notices = after.notices.filter((notice) => !current.notices.some((had) => isSame(had, notice)));
  for (const { code, eventId } of notices) {
    if (eventId === DECIDED && (code === 'endCodeUnlisted' || code === 'endCodeOutsideItsDates')) refuse(code);
  }
  return { events: [fact], notices: notices.map(({ code, date }) => ({ code, date })) };
}

const LATEST = '9999-12-31T23:59:59.999999Z';
/** Stands for the event that would be recorded. */
const DECIDED = 'decided';

function asEvent(fact: Fact, reportedAt: string): PlacementEvent {
  return { ...fact, id: DECIDED, recordedAt: LATEST, reportedAt, source: null, messageId: DECIDED, byPerson: true };
}

function isSame(a: Notice, b: Notice): boolean {
  return a.code === b.code && a.date === b.date && a.eventId === b.eventId;
}

function refuse(code: PlacementRuleCode, because: string | null = null): never {
  throw new PlacementRuleError(code, because);
}

/** A correction, retraction or discard must find its fact as it expects it. */
function checkTarget(fact: Fact, current: Timeline): void {
  const reference = targetOf(fact);
  if (reference === null) return;
  const target = current.facts.find(({ eventId }) => 'eventId' in reference && eventId === reference.eventId);
  if (target === undefined) refuse('eventUnknown');
  if (fact.type === 'FactDiscarded') {
    if (target.verdict !== 'parked') refuse('factNotParked', target.eventId);
  } else if (target.verdict === 'retracted' || target.verdict === 'discarded') {
    refuse('alreadyTakenOut', target.by);
  }
}

function targetOf(fact: Fact): FactReference | null {
  if (fact.type === 'FactCorrected') return fact.data.corrects;
  if (fact.type === 'FactRetracted') return fact.data.retracts;
  return fact.type === 'FactDiscarded' ? fact.data.discards : null;
}

/** Rules that HR facts are not held to. */
function checkRules(fact: Fact): void {
  if (fact.type === 'PlacementRegistered' || fact.type === 'ArrangementChanged') checkShares(fact.data.inleners ?? []);
  if (fact.type === 'ProefplaatsingStarted') {
    const { authority, effectiveDate, plannedEnd } = fact.data;
    const months = rowOn(PROEFPLAATSING[authority], effectiveDate);
    if (months === null || plannedEnd > lastDayOfMonths(effectiveDate, months.totalMonths))
      refuse('proefplaatsingTooLong');
    if (plannedEnd > lastDayOfMonths(effectiveDate, months.firstMonths)) refuse('proefplaatsingFirstPeriodTooLong');
  }
}

function checkShares(inleners: readonly Inlener[]): void {
  if (inleners.length === 0) return;
  const sum = inleners.reduce((total, { share }) => total + share, 0);
  // Shares come as decimals of a third or a seventh; a thousandth is no part of a job.
  if (Math.abs(sum - 1) > 0.001 || inleners.some(({ share }) => share <= 0)) refuse('inlenersSharesNotOne');
}

/** What the timeline would park is refused. */
function checkVerdict(fact: Fact, after: Timeline): void {
  const verdict = after.facts.find(({ eventId }) => eventId === DECIDED);
  if (verdict === undefined || verdict.verdict === 'stands') return;
  if (verdict.verdict !== 'parked') refuse('otherFactStands', verdict.by);
  const again = fact.type === 'PlacementRegistered' && verdict.reason === 'otherFactStands';
  refuse(again ? 'alreadyRegistered' : REFUSED_AS[verdict.reason], verdict.because ?? null);
}

const REFUSED_AS: { readonly [reason in ParkedReason]: PlacementRuleCode } = {
  notRegistered: 'notRegistered',
  otherFactStands: 'otherFactStands',
  noContract: 'noContract',
  contractRunning: 'contractRunning',
  noContractToExtend: 'noContractToExtend',
  alreadyPermanent: 'alreadyPermanent',
  notStarted: 'notStarted',
  alreadyRunning: 'alreadyRunning',
  proefplaatsingTooLong: 'proefplaatsingTooLong',
  noInlener: 'noInlener',
  targetUnknown: 'eventUnknown',
  cyclicReference: 'cyclicReference',
  cannotReplaceModifier: 'cannotReplaceModifier',
  datesContradict: 'datesContradict',
  unreadable: 'unreadable',
};
