import { chains, type Chain, type Fact } from '@bestendig/placement-domain';
import {
  continued,
  contractEnded,
  endedOtherwise,
  extended,
  hiredByInlener,
  placement,
  registered,
  signed,
} from '@bestendig/testing';
import { followUp, pieceOn } from './observation';
import { retentionMatrix, type RetentionCell, type RetentionQuestion } from './retention';
import { duurzaamheidSummary, uitvalFigures } from './summary';

/** Each list of facts is the one placement of a person of its own. */
function persons(...told: readonly (readonly Fact[])[]): readonly Chain[] {
  return told.flatMap((facts, index) => chains([placement(`p${index}`, ...facts)]));
}

const LATE = '2030-01-01T12:00:00.000000Z';
function ask(peildatum: string, o: Partial<RetentionQuestion> = {}): RetentionQuestion {
  return { peildatum, knownAt: LATE, cohort: 'quarter', horizons: [12], ...o };
}

function cell(of: readonly Chain[], question: RetentionQuestion): RetentionCell {
  const [first, ...others] = retentionMatrix(of, question).rows.flatMap(({ cells }) => cells);
  if (first === undefined || others.length > 0) throw new Error(`${others.length + 1} cells`);
  return first;
}

const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value);

/** The examples of MEASURES 1 to 4, with their figures. */
describe('MEASURES 1: entry', () => {
  it('an employer joins on 1-1-2023 and delivers ten who started on 1-1-2022: the 12-month cell is empty', () => {
    const existing = registered({ effectiveDate: '2023-01-01', registrationKind: 'existingWorker' });
    const ten = persons(...times(10, [existing, signed('2022-01-01')]));
    expect(ten.map(({ entry }) => entry)).toEqual(times(10, 365));
    expect(cell(ten, ask('2024-06-01'))).toMatchObject({
      mature: 0,
      retained: 0,
      lost: 0,
      notMature: 0,
      lateEntry: 10,
      share: null,
      interval: null,
      bounds: null,
    });
  });

  it('counts a late entry from day 0 on, whether or not it ever enters', () => {
    const existing = registered({ effectiveDate: '2023-01-01', registrationKind: 'existingWorker' });
    const gone = persons([existing, signed('2022-01-01'), contractEnded('2022-06-30', '04')]);
    expect(cell(gone, ask('2022-02-01')).lateEntry).toBe(1);
  });
});

describe('MEASURES 2: days', () => {
  const endedAtLeapDay = persons([signed('2023-03-01', '2024-02-29'), contractEnded('2024-02-29', '30')]);
  const endedAtYearEnd = persons([signed('2023-01-01', '2023-12-31'), contractEnded('2023-12-31', '30')]);

  it.each([
    ['1-3-2023 to 29-2-2024 ended', endedAtLeapDay, '2025-01-01', 366, 'ended'],
    ['1-1-2023 to 31-12-2023 ended', endedAtYearEnd, '2025-01-01', 365, 'ended'],
    ['from 1-10-2024, in work, E = 15-11-2024', persons([signed('2024-10-01')]), '2024-11-15', 45, 'observationEnd'],
  ])('exit: %s', (_, of, observedThrough, days, by) => {
    expect(of.map((chain) => followUp(chain, observedThrough))).toEqual([{ days, by }]);
  });

  it('neither of the first two is retained at 12 months', () => {
    expect(cell(endedAtLeapDay, ask('2025-01-01'))).toMatchObject({ mature: 1, retained: 0, lost: 1 });
    expect(cell(endedAtYearEnd, ask('2025-01-01'))).toMatchObject({ mature: 1, retained: 0, lost: 1 });
  });

  it('1-1-2023 to 1-1-2024 is retained at 12 months', () => {
    const of = persons([signed('2023-01-01', '2024-01-01'), contractEnded('2024-01-01', '30')]);
    expect(cell(of, ask('2025-01-01'))).toMatchObject({ retained: 1, lost: 0 });
  });

  it('31-1 + 1 month is 28-2', () => {
    const of = persons(
      [signed('2023-01-31'), contractEnded('2023-02-27', '04')],
      [signed('2023-01-31'), contractEnded('2023-02-28', '04')],
    );
    expect(cell(of, ask('2023-02-28', { horizons: [1] }))).toMatchObject({ mature: 2, retained: 1, lost: 1 });
    expect(cell(of, ask('2023-02-27', { horizons: [1] }))).toMatchObject({ mature: 0, notMature: 2 });
  });

  it('ten contracts 1-1 to 31-12-2023: 4 ended, 4 unconfirmed, 2 extended', () => {
    const year = signed('2023-01-01', '2023-12-31');
    const ten = persons(
      ...times(4, [year, contractEnded('2023-12-31', '30')]),
      ...times(4, [year]),
      ...times(2, [year, extended('2024-01-01', '2024-12-31')]),
    );
    const at12 = cell(ten, ask('2024-06-01'));
    expect(at12).toMatchObject({ mature: 10, retained: 2, unconfirmed: 4, lost: 4 });
    expect(at12.share).toBeCloseTo(2 / 6, 12);
    expect(at12.bounds).toEqual({ lowest: 0.2, highest: 0.6 });
    // S(366): on day 365, four of the six still at risk end; the unconfirmed left on day 364.
    const followed = ten.map((chain) => followUp(chain, '2024-06-01'));
    const atRisk = followed.filter((one) => one !== null && one.days >= 365).length;
    const ended = followed.filter((one) => one?.by === 'ended' && one.days === 365).length;
    expect(1 - ended / atRisk).toBeCloseTo(0.33, 2);
  });

  it('a continuation whose successor is not recorded is unconfirmed from the day after', () => {
    const of = persons([signed('2023-01-01'), continued('2023-12-31', '92', 'elsewhere')]);
    expect(cell(of, ask('2024-06-01'))).toMatchObject({ unconfirmed: 1, lost: 0, share: null });
  });

  it('interruptions are no gaps', () => {
    const sick: Fact = { type: 'EmploymentInterrupted', data: { effectiveDate: '2023-06-01', kind: 'unpaidLeave' } };
    expect(cell(persons([signed('2023-01-01'), sick]), ask('2024-06-01'))).toMatchObject({ retained: 1 });
  });

  it('counts apart what rests on a date that is not known to the day', () => {
    const inexact = { effectiveDate: { precision: 'month', assumed: false } } as const;
    const of = persons([signed('2023-01-16', undefined, { inexact })], [signed('2023-01-16')]);
    expect(cell(of, ask('2024-06-01'))).toMatchObject({ mature: 2, retained: 2, inexact: 1 });
  });
});

describe('MEASURES 3: what an end is', () => {
  it('3 x code 04, 5 x 30, 1 x 20, 1 pension: uitval 3 of 10, at most 9 of 10, 3 of 4 known', () => {
    const year = signed('2023-01-01');
    const under = (code: string): readonly Fact[] => [year, contractEnded('2023-05-31', code)];
    const ten = persons(...times(3, under('04')), ...times(5, under('30')), under('20'), [
      year,
      endedOtherwise('2023-05-31', 'pension'),
    ]);
    const [row] = duurzaamheidSummary(ten, { peildatum: '2024-06-01', knownAt: LATE, cohort: 'quarter' }).rows;
    expect(row?.cells[1]).toMatchObject({
      horizon: 12,
      mature: 10,
      stillInWork: 0,
      uitval: 3,
      otherKnown: 1,
      unknown: 6,
    });
    expect(row?.cells[1]?.ends).toEqual({
      ended: 10,
      uitval: 3,
      unknown: 6,
      shareOfEnded: 0.3,
      highest: 0.9,
      amongKnown: 0.75,
    });
  });

  it('leaves the shares of nothing out', () => {
    expect(uitvalFigures({ ended: 0, uitval: 0, unknown: 0 })).toMatchObject({
      shareOfEnded: null,
      highest: null,
      amongKnown: null,
    });
    expect(uitvalFigures({ ended: 2, uitval: 0, unknown: 2 })).toMatchObject({
      shareOfEnded: 0,
      highest: 1,
      amongKnown: null,
    });
  });

  it('uitzend 1-2 to 31-7, hired from 1-8, read at 12 months: continuous 1, not the same job, doorstroom within', () => {
    const a = placement(
      'a',
      registered({ arrangement: 'uitzend' }),
      signed('2023-02-01', '2023-07-31', { form: 'uitzend' }),
      contractEnded('2023-07-31', '41'),
      hiredByInlener('2023-08-01', 'kvk:2', 'b'),
    );
    const b = placement('b', registered({ employerId: 'kvk:2' }), signed('2023-08-01'));
    const of = chains([a, b]);
    expect(cell(of, ask('2024-06-01'))).toMatchObject({ mature: 1, retained: 1 });
    expect(of[0]?.hiredByInlenerOn).toEqual(['2023-08-01']);
    const [row] = duurzaamheidSummary(of, { peildatum: '2024-06-01', knownAt: LATE, cohort: 'year' }).rows;
    expect(
      row?.cells.map(({ stillInWork, doorstroomWithin, notMature }) => [stillInWork, doorstroomWithin, notMature]),
    ).toEqual([
      [1, 1, 0],
      [1, 1, 0],
      [0, 0, 1],
    ]);
  });
});

describe('MEASURES 4: the matrix', () => {
  const q4 = persons(
    [signed('2024-10-01')],
    [signed('2024-10-15'), contractEnded('2025-03-31', '04')],
    [signed('2024-12-01'), contractEnded('2025-01-31', '04')],
    [signed('2024-12-20')],
  );

  it('cohort Q4-2024, 12 months, E = 15-11-2025: 1 of 2, two not mature', () => {
    const matrix = retentionMatrix(q4, ask('2025-11-15'));
    expect(matrix.rows.map(({ cohort }) => cohort)).toEqual(['2024-Q4']);
    expect(matrix.rows[0]?.cells[0]).toMatchObject({ mature: 2, retained: 1, lost: 1, notMature: 2, share: 0.5 });
  });

  it('weighted by hours on day 0: 32 h stays (now at 16 h), 8 h leaves: 32/40 = 80%', () => {
    const of = persons(
      [
        registered({ hoursPerWeek: 32 }),
        signed('2023-01-01'),
        { type: 'HoursChanged', data: { effectiveDate: '2023-07-01', hoursPerWeek: 16 } },
      ],
      [registered({ hoursPerWeek: 8 }), signed('2023-01-01'), contractEnded('2023-03-31', '04')],
    );
    expect(cell(of, ask('2024-06-01', { weights: 'hoursPerWeek' }))).toMatchObject({
      mature: 40,
      retained: 32,
      share: 0.8,
      interval: null,
    });
  });

  it('counts what begins after the observation end beside the cells', () => {
    const matrix = retentionMatrix(q4, ask('2024-11-10', { horizons: [1] }));
    expect(matrix.leftOut.afterObservation).toBe(2);
    expect(matrix.rows[0]?.cells[0]).toMatchObject({ mature: 1, retained: 1, notMature: 1 });
  });

  it('an end counts from its first day not in work; a recorded last day after E shows work up to E', () => {
    const [chain] = q4.slice(1);
    expect(chain && pieceOn(chain, '2025-03-31')?.state.kind).toBe('inWork');
    expect(chain && pieceOn(chain, '2025-04-01')?.state.kind).toBe('ended');
    expect(chain && followUp(chain, '2025-03-31')).toEqual({ days: 167, by: 'observationEnd' });
  });
});
