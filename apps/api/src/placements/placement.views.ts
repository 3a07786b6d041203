import { historyOf, type HistoryEntry, type KnownPlacement } from '@bestendig/placement-application';
import type { FactVerdict } from '@bestendig/placement-domain';

/** What one placement is, as known at a moment. Bodies hold only what the question and its cut fix. */
export function placementView({ placementId, knownAt, asReported, timeline }: KnownPlacement): object {
  const { facts, ...life } = timeline;
  return { placementId, definition: 'placement/1', knownAt, asReported, ...life, facts: countsOf(facts) };
}

function countsOf(facts: readonly FactVerdict[]): Readonly<Record<FactVerdict['verdict'], number>> {
  const counts = { stands: 0, parked: 0, superseded: 0, retracted: 0, discarded: 0 };
  for (const { verdict } of facts) counts[verdict] += 1;
  return counts;
}

/** Every fact, those that do not count included: both times, who said so, the verdict and why, and what refers to what. */
export function historyView(known: KnownPlacement): object {
  const { placementId, knownAt, asReported } = known;
  return { placementId, definition: 'placement-history/1', knownAt, asReported, facts: historyOf(known).map(entryView) };
}

function entryView({ verdict, refersTo, referredToBy, movedTo, movedFrom, ...entry }: HistoryEntry): object {
  return {
    ...entry,
    verdict: verdict.verdict,
    reason: verdict.verdict === 'parked' ? verdict.reason : null,
    because: becauseOf(verdict),
    ...(verdict.asCorrected === undefined ? {} : { asCorrected: verdict.asCorrected }),
    refersTo,
    referredToBy,
    movedTo,
    movedFrom,
  };
}

function becauseOf(verdict: FactVerdict): string | null {
  switch (verdict.verdict) {
    case 'stands':
      return null;
    case 'parked':
      return verdict.because ?? null;
    case 'superseded':
    case 'retracted':
    case 'discarded':
      return verdict.by;
  }
}
