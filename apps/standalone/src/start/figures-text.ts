import type { DuurzaamheidSummary, RetentionCell, RetentionMatrix, SummaryCell } from '@bestendig/duurzaamheid-domain';
import { whole } from '../progress';

/** More cohorts than this do not fit on a screen. */
const COHORTS_MAX = 16;
const CELL = 15;
const NOBODY_MATURE = '░░░░░';

/** The first of the last cohorts that fit on a screen: tables that are to be compared all begin there. */
export function firstShown(matrix: RetentionMatrix): string {
  return begun(matrix).at(-COHORTS_MAX)?.cohort ?? begun(matrix)[0]?.cohort ?? '';
}

/** A retention matrix for people, from a cohort on: of each the share still in work and of how many. */
export function retentionText(title: string, matrix: RetentionMatrix, from: string): string {
  const rows = begun(matrix);
  const shown = rows.filter(({ cohort }) => cohort >= from);
  return [
    `${title} (${matrix.definition}), known at ${moment(matrix.knownAt)}, observed through ${matrix.observedThrough.highest}`,
    `  start    ${matrix.horizons.map((horizon) => `${horizon} months`.padStart(CELL)).join('')}`,
    ...(rows.length > shown.length ? [`  (${rows.length - shown.length} earlier cohorts are left out here)`] : []),
    ...shown.map(({ cohort, cells }) => `  ${cohort}  ${cells.map((cell) => retentionCell(cell).padStart(CELL)).join('')}`),
  ].join('\n');
}

/** Cohorts of which somebody was observed from day 0 on. */
const begun = ({ rows }: RetentionMatrix) => rows.filter(({ cells }) => cells.some(({ mature, notMature }) => mature + notMature > 0));

/** What the marks mean; once under the tables. */
export const RETENTION_LEGEND = [
  `  share of the placements begun in a quarter that is in work so many months after its own day 0, and of how many (n)`,
  `  ${NOBODY_MATURE} nobody has come that far · ▒ part of the cohort has not yet come that far: n counts those who have`,
  '  unconfirmed (a planned end passed, nothing recorded) is in neither, and placements first told long after they began are in no row',
].join('\n');

function retentionCell({ share, mature, unconfirmed, notMature }: RetentionCell): string {
  if (mature === 0) return NOBODY_MATURE;
  if (share === null) return `- (${mature})`;
  return `${percent(share)}${notMature > 0 ? '▒' : ' '}(${whole(mature - unconfirmed)})`.padStart(CELL - 1);
}

/** The duurzaamheid summary at one horizon, a line per cohort. */
export function duurzaamheidText(title: string, summary: DuurzaamheidSummary, horizon: number): string {
  const columns = ['mature', 'in work', 'uitval', 'doorstroom', 'other', 'unknown', 'unconfirmed'];
  const rows = summary.rows.flatMap(({ cohort, cells }) => cells.filter((cell) => cell.horizon === horizon && cell.mature > 0).map((cell) => ({ cohort, cell })));
  return [
    `${title} (${summary.definition}), ${horizon} months after day 0, known at ${moment(summary.knownAt)}`,
    `  start  ${columns.map((column) => column.padStart(COLUMN)).join('')}   uitval of ended`,
    ...rows.slice(-COHORTS_MAX).map(({ cohort, cell }) => `  ${cohort.padEnd(5)}  ${statesOf(cell).map((text) => text.padStart(COLUMN)).join('')}   ${endsOf(cell)}`),
  ].join('\n');
}

const COLUMN = 12;

const statesOf = ({ mature, stillInWork, uitval, doorstroom, otherKnown, unknown, unconfirmed }: SummaryCell): readonly string[] => [
  whole(mature),
  ...[stillInWork, uitval, doorstroom, otherKnown, unknown, unconfirmed].map((count) => percent(count / mature)),
];

/** Uitval is never one figure: those of whom nobody says why may all be, or none. */
const endsOf = ({ ends: { shareOfEnded, highest } }: SummaryCell): string => (shareOfEnded === null || highest === null ? '-' : `${percent(shareOfEnded)} to ${percent(highest)}`);

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
/** Seconds are enough to read. */
const moment = (instant: string): string => `${instant.slice(0, 19)}Z`;
