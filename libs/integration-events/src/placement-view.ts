import type { Timeline } from '@bestendig/placement-domain';
import { day, list, number, object, orNull, text, uuid, type JsonSchema } from './json-schema';

/**
 * What other systems may know of a placement: that there is a job, with whom, from when until when, and for how many hours.
 * Nothing of the person, of support or subsidy, of how the post came to be, of what came before employment (a
 * proefplaatsing), or why it ended: from none of what is here can a disability be read.
 */
export type PlacementView = {
  readonly placementId: string;
  /** Formal employer, as `kvk:...`, `oin:...`, `rsin:...` or `lhn:...`; null where there is no employment. */
  readonly employer: string | null;
  readonly hoursPerWeek: number | null;
  /** Stretches of paid employment without a day between, by first day. Empty before the first, and where all was retracted. */
  readonly employments: readonly {
    readonly firstDay: string;
    /** Until when its last contract runs; null: permanent. */
    readonly plannedEnd: string | null;
    /** Last day in work as recorded; null while none is. */
    readonly lastDay: string | null;
  }[];
};

export const PLACEMENT_VIEW_SCHEMA: JsonSchema = object(
  {
    placementId: uuid,
    employer: orNull(text),
    hoursPerWeek: orNull(number),
    employments: list(object({ firstDay: day, plannedEnd: orNull(day), lastDay: orNull(day) })),
  },
  'What holds of a placement by all that is known now',
);

/**
 * The view of a placement by what is known at one moment. Pure; the latest dated value counts, whatever today is. Without paid
 * employment it is empty: a job that is known long before its first contract would tell of a proefplaatsing.
 */
export function placementView(placementId: string, { employer, hoursPerWeek, spells }: Timeline): PlacementView {
  if (spells.length === 0) return emptyView(placementId);
  return {
    placementId,
    employer: employer.at(-1)?.value ?? null,
    hoursPerWeek: hoursPerWeek.at(-1)?.value ?? null,
    employments: spells.map(({ firstDay, plannedEnd, end }) => ({ firstDay, plannedEnd, lastDay: end.lastDay })),
  };
}

/** Of a placement of which there is nothing to tell. */
export const emptyView = (placementId: string): PlacementView => ({
  placementId,
  employer: null,
  hoursPerWeek: null,
  employments: [],
});

/** Which parts of a view another one says otherwise. */
export function changedParts(before: PlacementView, after: PlacementView): readonly PlacementPart[] {
  return PLACEMENT_PARTS.filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]));
}

export const PLACEMENT_PARTS = ['employer', 'hoursPerWeek', 'employments'] as const;
export type PlacementPart = (typeof PLACEMENT_PARTS)[number];
