import { chains, chainsAtEveryEnd } from '@bestendig/placement-domain';
import {
  contractEnded,
  hiredByInlener,
  placement,
  randomDay,
  randomPerson,
  registered,
  signed,
  stateOnDay,
  type ToldPlacement,
} from '@bestendig/testing';
import fc from 'fast-check';
import { cohortOf } from './cohort';
import { amsterdamDay, observationEnd } from './observation';
import { cellFromCounts, matrixFromCounts, NO_RETENTION_COUNTS, retentionMatrix } from './retention';
import { duurzaamheidSummary } from './summary';

const LATE = '2030-01-01T12:00:00.000000Z';

describe('the observation end', () => {
  it('is the earlier of peildatum and the day of knownAt in Amsterdam', () => {
    expect(observationEnd('2025-01-01', '2025-06-01T10:00:00.000000Z')).toBe('2025-01-01');
    expect(observationEnd('2026-01-01', '2025-06-01T10:00:00.000000Z')).toBe('2025-06-01');
  });

  it('knows summer time, winter time and the turn of the year', () => {
    expect(amsterdamDay('0001-01-01T00:00:00.000000Z')).toBe('0001-01-01');
    expect(amsterdamDay('2025-06-30T21:59:59.999999Z')).toBe('2025-06-30');
    expect(amsterdamDay('2025-06-30T22:00:00.000000Z')).toBe('2025-07-01');
    expect(amsterdamDay('2025-12-31T22:59:59.999999Z')).toBe('2025-12-31');
    expect(amsterdamDay('2025-12-31T23:00:00.000000Z')).toBe('2026-01-01');
  });

  it('is in the answer, which says where the peildatum was cut back', () => {
    const answer = retentionMatrix([], {
      peildatum: '2026-01-01',
      knownAt: '2025-06-01T10:00:00.000000Z',
      cohort: 'year',
      horizons: [3],
    });
    expect(answer).toMatchObject({
      definition: 'cohort-retention/1',
      observedThrough: { lowest: '2025-06-01', highest: '2025-06-01' },
      peildatumCutBack: true,
      rows: [],
    });
  });
});

describe('cohorts', () => {
  it('are months, quarters and years of day 0', () => {
    expect(['2024-10-01', '2024-12-31', '2025-03-31'].map((day) => cohortOf(day, 'quarter'))).toEqual([
      '2024-Q4',
      '2024-Q4',
      '2025-Q1',
    ]);
    expect([cohortOf('2024-10-01', 'month'), cohortOf('2024-10-01', 'year')]).toEqual(['2024-10', '2024']);
  });
});

describe('an answer made from counts', () => {
  const question = { peildatum: '2024-06-01', knownAt: LATE, cohort: 'month', horizons: [3, 6] } as const;
  const leftOut = { afterObservation: 0, readAsContinued: 0, inconsistencies: 0 };

  it('has a row per cohort, ascending, and a cell for every horizon asked', () => {
    const counts = { ...NO_RETENTION_COUNTS, mature: 4, retained: 3, lost: 1 };
    const matrix = matrixFromCounts(
      question,
      [
        { cohort: '2024-02', horizon: 3, counts },
        { cohort: '2024-01', horizon: 6, counts },
      ],
      leftOut,
    );
    expect(matrix.rows).toEqual([
      { cohort: '2024-01', cells: [cellFromCounts(3, NO_RETENTION_COUNTS), cellFromCounts(6, counts)] },
      { cohort: '2024-02', cells: [cellFromCounts(3, counts), cellFromCounts(6, NO_RETENTION_COUNTS)] },
    ]);
  });
});

describe('what is left out', () => {
  it('counts ends under code 30 read as continued, and claims not followed, by the observation end', () => {
    const a = placement('a', signed('2023-01-01', '2023-06-30'), contractEnded('2023-06-30', '30'));
    const of = chains([a, placement('b', signed('2023-07-01'))]);
    const asked = (peildatum: string): unknown =>
      retentionMatrix(of, { peildatum, knownAt: LATE, cohort: 'year', horizons: [12] }).leftOut;
    expect(asked('2023-06-30')).toEqual({ afterObservation: 1, readAsContinued: 0, inconsistencies: 0 });
    expect(asked('2023-07-01')).toEqual({ afterObservation: 0, readAsContinued: 1, inconsistencies: 0 });
  });

  it('counts a placement that begins later once, also where it is both a continuation and a chain to come', () => {
    const uitzend = registered({ arrangement: 'uitzend', inleners: [{ employerId: 'kvk:2', share: 1 }] });
    const a = placement('a', uitzend, signed('2023-02-01', '2023-07-31'), hiredByInlener('2023-08-01', 'kvk:2'));
    const b = placement('b', registered({ employerId: 'kvk:2' }), signed('2023-08-01'));
    const of = chainsAtEveryEnd([a, b]);
    expect(of.filter(({ placementIds }) => placementIds.includes('b'))).toHaveLength(2);
    const after = (peildatum: string): unknown =>
      retentionMatrix(of, { peildatum, knownAt: LATE, cohort: 'year', horizons: [1] }).leftOut.afterObservation;
    expect([after('2023-01-15'), after('2023-05-01'), after('2023-08-01')]).toEqual([2, 1, 0]);
  });

  it('leaves out a chain that is not so at this observation end', () => {
    const a = placement('a', signed('2023-01-01', '2023-03-31'), contractEnded('2023-03-31'), signed('2023-06-01'));
    const of = chainsAtEveryEnd([a, placement('b', signed('2023-04-01'))]);
    const mature = (peildatum: string): unknown =>
      retentionMatrix(of, { peildatum, knownAt: LATE, cohort: 'year', horizons: [1] }).rows[0]?.cells[0]?.mature;
    expect([mature('2023-05-31'), mature('2023-06-01')]).toEqual([1, 2]);
  });
});

describe('matrix and summary of random persons', () => {
  const horizons = [1, 3, 6];

  it('count what the day-by-day reading counts, cell by cell', () => {
    fc.assert(
      fc.property(fc.array(randomPerson, { minLength: 1, maxLength: 4 }), randomDay, (persons, peildatum) => {
        const of = persons.flatMap((placements) => chainsAtEveryEnd(placements));
        const question = { peildatum, knownAt: LATE, cohort: 'month', horizons } as const;
        const matrix = retentionMatrix(of, question).rows.flatMap(({ cohort, cells }) =>
          cells.map(({ horizon, mature, retained, unconfirmed, lost, notMature, lateEntry }) => ({
            key: `${cohort} ${horizon}`,
            mature,
            retained,
            unconfirmed,
            lost,
            notMature,
            lateEntry,
          })),
        );
        expect(matrix).toEqual(byHand(persons, peildatum));
        for (const row of duurzaamheidSummary(of, question).rows) {
          for (const { mature, stillInWork, unconfirmed, uitval, doorstroom, otherKnown, unknown, ends } of row.cells) {
            expect(uitval + doorstroom + otherKnown + unknown).toBe(ends.ended);
            expect(stillInWork + unconfirmed + ends.ended).toBe(mature);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  function byHand(persons: readonly (readonly ToldPlacement[])[], peildatum: string): unknown[] {
    const rows = new Map<
      string,
      {
        key: string;
        mature: number;
        retained: number;
        unconfirmed: number;
        lost: number;
        notMature: number;
        lateEntry: number;
      }
    >();
    for (const placements of persons) {
      for (const { first, day0, entry } of stateOnDay(placements, peildatum)) {
        for (const horizon of horizons) {
          const key = `${day0.slice(0, 7)} ${horizon}`;
          const row = rows.get(key) ?? {
            key,
            mature: 0,
            retained: 0,
            unconfirmed: 0,
            lost: 0,
            notMature: 0,
            lateEntry: 0,
          };
          rows.set(key, row);
          const on = monthsLater(day0, horizon);
          if (entry > 0) row.lateEntry += 1;
          else if (on > peildatum) row.notMature += 1;
          else {
            row.mature += 1;
            const state = stateOnDay(placements, on, peildatum).find((subject) => subject.first === first)?.state;
            if (state === 'inWork') row.retained += 1;
            else if (state === 'unconfirmed') row.unconfirmed += 1;
            else row.lost += 1;
          }
        }
      }
    }
    return [...rows.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  function monthsLater(day: string, months: number): string {
    const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
    const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
    return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
  }
});

describe('late entry', () => {
  it('leaves a chain out of every cell, however its later placements were registered', () => {
    const existing = registered({ effectiveDate: '2023-02-01', registrationKind: 'existingWorker' });
    const of = chains([
      placement('a', existing, signed('2023-01-01', '2023-06-30')),
      placement('b', signed('2023-07-01')),
    ]);
    const [row] = retentionMatrix(of, { peildatum: '2024-06-01', knownAt: LATE, cohort: 'year', horizons: [12] }).rows;
    expect(row?.cells[0]).toMatchObject({ mature: 0, lateEntry: 1 });
  });
});
