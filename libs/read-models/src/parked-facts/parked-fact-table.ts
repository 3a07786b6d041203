import type { FactVerdict, ParkedReason, Timeline } from '@bestendig/placement-domain';
import { textOrNull, uuidOrNull, type VersionedTable } from '@bestendig/projection-engine';

type ParkedFact = FactVerdict & { readonly verdict: 'parked'; readonly reason: ParkedReason };

/** A fact that is in the log but does not (yet) count. */
export type ParkedFactRow = { readonly placementId: string; readonly fact: ParkedFact };

export const parkedFactTable: VersionedTable<ParkedFactRow> = {
  name: 'parked_fact',
  comment: 'One row per parked fact and version: why it does not (yet) count, and the fact it gives way to.',
  key: [
    { name: 'placement_id', type: 'uuid', of: (row) => row.placementId },
    { name: 'event_id', type: 'uuid', of: ({ fact }) => fact.eventId },
  ],
  columns: [
    { name: 'type', type: 'text', of: ({ fact }) => textOrNull(fact.type) ?? '' },
    { name: 'reason', type: 'text', of: ({ fact }) => fact.reason },
    { name: 'because', type: 'uuid', nullable: true, of: ({ fact }) => uuidOrNull(fact.because) },
    { name: 'effective_date', type: 'text', of: ({ fact }) => textOrNull(fact.effectiveDate) ?? '' },
    { name: 'recorded_at', type: 'timestamptz', of: ({ fact }) => fact.recordedAt },
    { name: 'reported_at', type: 'text', nullable: true, of: ({ fact }) => fact.reportedAt },
    { name: 'source', type: 'text', nullable: true, of: ({ fact }) => fact.source },
    { name: 'message_id', type: 'text', of: ({ fact }) => fact.messageId },
  ],
  lookups: [],
  indexes: ['(recorded_at, placement_id, event_id)'],
};

export function parkedFactRows(placementId: string, timeline: Timeline): readonly ParkedFactRow[] {
  let rows: ParkedFactRow[] | null = null;
  for (const fact of timeline.facts) if (isParked(fact)) (rows ??= []).push({ placementId, fact });
  return rows ?? NONE;
}

const NONE: readonly ParkedFactRow[] = [];

const isParked = (fact: FactVerdict): fact is ParkedFact => fact.verdict === 'parked';
