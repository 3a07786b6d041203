import { cellFromCounts, NO_RETENTION_COUNTS, type RetentionCounts, type RetentionMatrix, type RetentionRow } from '@bestendig/duurzaamheid-domain';
import { firstShown, retentionText } from './figures-text';

const frame = {
  definition: 'cohort-retention/1',
  peildatum: '2026-05-01',
  knownAt: '2026-05-01T10:00:00.000000Z',
  observedThrough: { lowest: '2026-05-01', highest: '2026-05-01' },
  peildatumCutBack: false,
  cohort: 'quarter',
  horizons: [3, 12],
  leftOut: { afterObservation: 0, readAsContinued: 0, inconsistencies: 0 },
  ownReadings: [],
  weights: 'none',
} as const;

const row = (cohort: string, ...cells: readonly Partial<RetentionCounts>[]): RetentionRow => ({ cohort, cells: cells.map((counts, index) => cellFromCounts(frame.horizons[index] ?? 0, { ...NO_RETENTION_COUNTS, ...counts })) });
const matrix = (rows: readonly RetentionRow[]): RetentionMatrix => ({ ...frame, rows });

test('a cell says its share and of how many; one that nobody reached, and one that some have not, are marked', () => {
  const rows = [
    row('2025-Q1', { mature: 100, retained: 80, unconfirmed: 10, lost: 10 }, { mature: 100, retained: 45, lost: 55 }),
    row('2025-Q2', { mature: 40, retained: 30, lost: 10 }, { mature: 10, retained: 4, lost: 6, notMature: 30 }),
    row('2026-Q2', { notMature: 7 }, { notMature: 7 }),
    row('2014-Q1', { lateEntry: 9 }, { lateEntry: 9 }),
  ];
  const lines = retentionText('Cohort retention', matrix(rows), firstShown(matrix(rows))).split('\n');
  expect(lines[0]).toContain('known at 2026-05-01T10:00:00Z');
  expect(lines.slice(2).map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ['2025-Q1', '88.9% (90)', '45.0% (100)'],
    ['2025-Q2', '75.0% (40)', '40.0%▒(10)'],
    ['2026-Q2', '░░░░░', '░░░░░'],
  ]);
});

test('of many cohorts the last are shown, and two tables begin with the same one', () => {
  const many = Array.from({ length: 40 }, (_, index) => row(`${2010 + Math.floor(index / 4)}-Q${(index % 4) + 1}`, { mature: 1, retained: 1 }, { mature: 1 }));
  const from = firstShown(matrix(many));
  expect(from).toBe('2016-Q1');
  const earlier = retentionText('The same', matrix(many.slice(0, 36)), from);
  expect(earlier).toContain('(24 earlier cohorts are left out here)');
  expect(earlier.split('\n')[3]).toMatch(/^ {2}2016-Q1/);
});
