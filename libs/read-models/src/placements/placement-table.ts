import type { Timeline } from '@bestendig/placement-domain';
import { numberOrNull, textOrNull, uuidOrNull, type VersionedTable } from '@bestendig/projection-engine';

/** One placement at a glance, as it was last said to be. */
export type PlacementRow = { readonly placementId: string; readonly timeline: Timeline };

export const placementTable: VersionedTable<PlacementRow> = {
  name: 'placement',
  comment:
    'One row per placement and version: who, at whom, where, and how far it came. Dated values are the latest that are known.',
  key: [{ name: 'placement_id', type: 'uuid', of: (row) => row.placementId }],
  columns: [
    {
      name: 'candidate_id',
      type: 'uuid',
      nullable: true,
      of: ({ timeline }) => uuidOrNull(timeline.registration?.candidateId),
    },
    {
      name: 'registered_on',
      type: 'date',
      nullable: true,
      of: ({ timeline }) => timeline.registration?.effectiveDate ?? null,
    },
    {
      name: 'registration_kind',
      type: 'text',
      nullable: true,
      of: ({ timeline }) => textOrNull(timeline.registration?.kind),
    },
    {
      name: 'in_target_group',
      type: 'text',
      nullable: true,
      of: ({ timeline }) => textOrNull(timeline.registration?.inTargetGroup),
    },
    {
      name: 'employer_id',
      type: 'text',
      nullable: true,
      of: ({ timeline }) => textOrNull(timeline.employer.at(-1)?.value),
    },
    { name: 'sector', type: 'text', nullable: true, of: ({ timeline }) => textOrNull(timeline.registration?.sector) },
    { name: 'region', type: 'text', nullable: true, of: ({ timeline }) => textOrNull(timeline.registration?.region) },
    {
      name: 'arrangement',
      type: 'text',
      nullable: true,
      of: ({ timeline }) => textOrNull(timeline.arrangement.at(-1)?.value.arrangement),
    },
    {
      name: 'hours_per_week',
      type: 'double precision',
      nullable: true,
      of: ({ timeline }) => numberOrNull(timeline.hoursPerWeek.at(-1)?.value),
    },
    { name: 'source', type: 'text', nullable: true, of: ({ timeline }) => timeline.source },
    { name: 'first_day', type: 'date', nullable: true, of: ({ timeline }) => timeline.spells[0]?.firstDay ?? null },
    {
      name: 'last_day',
      type: 'date',
      nullable: true,
      of: ({ timeline }) => timeline.spells.at(-1)?.end.lastDay ?? null,
    },
    {
      name: 'planned_end',
      type: 'date',
      nullable: true,
      of: ({ timeline }) => timeline.spells.at(-1)?.plannedEnd ?? null,
    },
    { name: 'spells', type: 'integer', of: ({ timeline }) => timeline.spells.length },
    { name: 'parked_facts', type: 'integer', of: ({ timeline }) => parkedFacts(timeline) },
  ],
  lookups: ['(candidate_id)'],
  indexes: [],
};

export const placementRows = (placementId: string, timeline: Timeline): readonly PlacementRow[] => [
  { placementId, timeline },
];

function parkedFacts(timeline: Timeline): number {
  let parked = 0;
  for (const fact of timeline.facts) if (fact.verdict === 'parked') parked += 1;
  return parked;
}
