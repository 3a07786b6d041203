import type { Spell, Timeline } from '@bestendig/placement-domain';
import { textOrNull, uuidOrNull, type VersionedTable } from '@bestendig/projection-engine';

/** A stretch of paid employment of one placement, and what its source says about its end: facts, no outcome. */
export type SpellRow = { readonly placementId: string; readonly spell: Spell };

export const spellTable: VersionedTable<SpellRow> = {
  name: 'spell',
  comment:
    'One row per spell (paid employment without a day between) and version, with what was said about its end. An outcome is in chain_piece.',
  key: [
    { name: 'placement_id', type: 'uuid', of: (row) => row.placementId },
    { name: 'first_day', type: 'date', of: ({ spell }) => spell.firstDay },
  ],
  columns: [
    { name: 'last_day', type: 'date', nullable: true, of: ({ spell }) => spell.end.lastDay },
    { name: 'planned_end', type: 'date', nullable: true, of: ({ spell }) => spell.plannedEnd },
    { name: 'contracts', type: 'integer', of: ({ spell }) => spell.contracts.length },
    { name: 'inexact_start', type: 'boolean', of: ({ spell }) => spell.inexactStart },
    { name: 'inexact_end', type: 'boolean', of: ({ spell }) => spell.end.inexact },
    { name: 'end_code', type: 'text', nullable: true, of: ({ spell }) => textOrNull(spell.end.endCode) },
    { name: 'ended_otherwise', type: 'text', nullable: true, of: ({ spell }) => textOrNull(spell.end.otherwise) },
    {
      name: 'continued_code',
      type: 'text',
      nullable: true,
      of: ({ spell }) => textOrNull(spell.end.continued?.endCode),
    },
    {
      name: 'continued_in',
      type: 'uuid',
      nullable: true,
      of: ({ spell }) => uuidOrNull(spell.end.continued?.successorPlacementId),
    },
    {
      name: 'uitval_cause',
      type: 'text',
      nullable: true,
      of: ({ spell: { end } }) => (end.explicit?.kind === 'uitval' ? textOrNull(end.explicit.cause) : null),
    },
    {
      name: 'doorstroom_to',
      type: 'text',
      nullable: true,
      of: ({ spell: { end } }) => (end.explicit?.kind === 'doorstroom' ? textOrNull(end.explicit.to) : null),
    },
    {
      name: 'hired_by_inlener_from',
      type: 'date',
      nullable: true,
      of: ({ spell }) => spell.end.hiredByInlener?.from ?? null,
    },
    {
      name: 'hired_by_inlener',
      type: 'text',
      nullable: true,
      of: ({ spell }) => textOrNull(spell.end.hiredByInlener?.employerId),
    },
  ],
  lookups: [],
  indexes: [],
};

export const spellRows = (placementId: string, timeline: Timeline): readonly SpellRow[] =>
  timeline.spells.map((spell) => ({ placementId, spell }));

export const hasSameSpells = (one: Timeline, other: Timeline): boolean => one.spells === other.spells;
