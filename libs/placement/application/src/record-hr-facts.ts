import type { AsReported } from '@bestendig/event-store';
import { DRY_RUN_TIME, dryRunOf, type FactLog } from './dry-run';
import { ApplicationError } from './errors';
import type { HrFact } from './hr-fact';
import { address, asStreamWrites, outcomesOf, planBatch, readFor, type Addressed } from './hr-fact-batch';
import type { Deliverer } from './hr-fact-events';
import type { FactOutcome } from './outcomes';

/** How often a batch is looked at again because others wrote to the same placements. Each time at least one writer got through. */
export const ROUNDS_MAX = 40;

/** Messages of one append: with the links each may need they stay below what a store takes at once. */
const APPEND_MESSAGES_MAX = 2_500;

export type RecordOptions = {
  /** The facts must then be in the order of their reportedAt. */
  readonly asReported?: AsReported;
  /** The same answers, nothing stored. */
  readonly dryRun?: boolean;
  /** Who delivers; without it the source speaks for itself. */
  readonly by?: Partial<Deliverer>;
};

/**
 * Records what HR messages tell, each in the stream of its placement, and says for each, in the order given, what
 * happened to it. One that is refused or parked leaves the others as they are. A conflict is read and decided again;
 * after ROUNDS_MAX of them: ApplicationError `contention`, and the batch may be sent again (what was recorded is then a
 * duplicate, or under the same origin its first outcome).
 */
export async function recordHrFacts(store: FactLog, secret: Buffer, facts: readonly HrFact[], options: RecordOptions = {}): Promise<readonly FactOutcome[]> {
  const log = options.dryRun === true ? dryRunOf(store) : store;
  const outcomes = await recordInParts(log, secret, facts, options);
  const shared = options.asReported === undefined ? [] : ofSharedMoments(facts);
  if (shared.length === 0) return outcomes;
  const judged = await recordInParts(log, secret, shared.map(({ fact }) => fact), options); // prettier-ignore
  const again = new Map(shared.map(({ index }, n) => [index, judged[n]]));
  return outcomes.map((outcome, index) => again.get(index) ?? outcome);
}

async function recordInParts(log: FactLog, secret: Buffer, facts: readonly HrFact[], options: RecordOptions): Promise<readonly FactOutcome[]> {
  const outcomes: FactOutcome[] = [];
  for (let at = 0; at < facts.length; at += APPEND_MESSAGES_MAX) outcomes.push(...(await recordBatch(log, secret, facts.slice(at, at + APPEND_MESSAGES_MAX), options)));
  return outcomes;
}

/**
 * Messages of a moment that two appends share. Those of the first were judged before all of that moment was there; told
 * again, each gets its outcome by all of it.
 */
function ofSharedMoments(facts: readonly HrFact[]): readonly { readonly fact: HrFact; readonly index: number }[] {
  const shared = new Set<HrFact['reportedAt']>();
  for (let at = APPEND_MESSAGES_MAX; at < facts.length; at += APPEND_MESSAGES_MAX) {
    const [last, next] = [facts[at - 1], facts[at]];
    if (last !== undefined && last.reportedAt === next?.reportedAt) shared.add(last.reportedAt);
  }
  return shared.size === 0 ? [] : facts.flatMap((fact, index) => (shared.has(fact.reportedAt) ? [{ fact, index }] : []));
}

async function recordBatch(log: FactLog, secret: Buffer, facts: readonly HrFact[], options: RecordOptions): Promise<readonly FactOutcome[]> {
  const outcomes = new Map<number, FactOutcome>();
  let pending: readonly Addressed[] = facts.map((fact, index) => address(secret, fact, index));
  for (let round = 0; pending.length > 0; round += 1) {
    if (round === ROUNDS_MAX) throw new ApplicationError('contention', 'others kept writing to the same placements');
    if (round > 1) await waitBefore(round);
    pending = await recordRound(log, pending, options, outcomes);
  }
  return facts.map((fact, index) => {
    const outcome = outcomes.get(index);
    if (outcome === undefined) throw new RangeError(`no outcome for message ${fact.messageId}`);
    return outcome.recordedAt === DRY_RUN_TIME ? { ...outcome, recordedAt: null, position: null } : outcome;
  });
}

/** One look at the store and one append; what has to be looked at again comes back. */
async function recordRound(log: FactLog, pending: readonly Addressed[], options: RecordOptions, outcomes: Map<number, FactOutcome>): Promise<readonly Addressed[]> {
  const plan = planBatch(pending, await readFor(log, pending), { by: options.by, asReported: options.asReported !== undefined });
  for (const [index, outcome] of plan.settled) outcomes.set(index, outcome);
  const again: Addressed[] = [...plan.deferred];
  if (plan.writes.length > 0) {
    const writes = plan.writes.map(asStreamWrites);
    const results = await log.append(writes.flat(), options.asReported === undefined ? {} : { asReported: options.asReported });
    let at = -1;
    for (const [index, write] of plan.writes.entries()) {
      at += writes[index]?.length ?? 0;
      const result = results[at];
      const told = result === undefined ? null : outcomesOf(write, result);
      if (told === null) again.push(...write.messages.map(({ addressed }) => addressed));
      else for (const [place, outcome] of told) outcomes.set(place, outcome);
    }
  }
  return again.sort((a, b) => a.index - b.index);
}

/** A little longer each time, and not the same for all, so that those who met do not meet again. */
function waitBefore(round: number): Promise<void> {
  const ms = Math.random() * Math.min(round * 4, 50);
  return new Promise((resolve) => setTimeout(resolve, ms));
}
