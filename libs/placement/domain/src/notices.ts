import type { Segment } from './contracts';
import { lastDayOfMonths } from './days';
import type { Day } from './facts';
import { endCodeOf, type EndFact } from './ends';
import { ketenNotices } from './keten';
import type { Verdicts } from './live-fact';
import type { Proefplaatsing } from './phases';
import { endCodePolicy, PROEFTIJD, rowOn } from './policies';
import type { Notice } from './timeline-types';

/** What a person should look at though the facts stand, by date. */
export function noticesOf(
  segments: readonly Segment[],
  trials: readonly Proefplaatsing[],
  ends: readonly EndFact[],
  verdicts: Verdicts,
  knownAt?: string,
): readonly Notice[] {
  const notices: Notice[] = [...ketenNotices(segments, knownAt)];
  for (const segment of segments) contractNotices(segment, trials, notices, knownAt);
  for (const end of ends) {
    const code = endCodeOf(end);
    if (code === null || verdicts[end.at]?.verdict !== 'stands') continue;
    const notice = endCodeNotice(code, end.lastDay ?? end.day, knownAt);
    if (notice !== null) notices.push({ code: notice, date: end.lastDay ?? end.day, eventId: end.eventId });
  }
  return notices.sort(compareNotices);
}

function compareNotices(a: Notice, b: Notice): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1;
  if (a.code !== b.code) return a.code < b.code ? -1 : 1;
  return a.eventId === b.eventId ? 0 : a.eventId < b.eventId ? -1 : 1;
}

function contractNotices(
  segment: Segment,
  trials: readonly Proefplaatsing[],
  notices: Notice[],
  knownAt: string | undefined,
): void {
  const { contract } = segment;
  const { day, eventId, plannedEnd } = contract;
  const begins = segment.spellFrom === day;
  if (begins && trials.some((trial) => trial.start.day <= day && trial.end !== null && trial.end.day >= day)) {
    notices.push({ code: 'contractStartsInProefplaatsing', date: day, eventId });
  }
  if (contract.proeftijdDays <= 0) return;
  const rule = rowOn(PROEFTIJD, day, knownAt);
  if (rule === null) return;
  if (rule.noneAfterProefplaatsing && trials.some((trial) => trial.start.day < day)) {
    notices.push({ code: 'proeftijdAfterProefplaatsing', date: day, eventId });
  }
  if (rule.noneUpToMonths > 0 && plannedEnd !== null && plannedEnd <= lastDayOfMonths(day, rule.noneUpToMonths)) {
    notices.push({ code: 'proeftijdInShortContract', date: day, eventId });
  }
}

function endCodeNotice(
  code: string,
  day: Day,
  knownAt: string | undefined,
): 'endCodeUnlisted' | 'endCodeOutsideItsDates' | null {
  const policy = endCodePolicy(code, knownAt);
  if (policy === null) return 'endCodeUnlisted';
  return day < policy.from || (policy.until !== null && day > policy.until) ? 'endCodeOutsideItsDates' : null;
}
