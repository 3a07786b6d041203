import {
  continued,
  contractEnded,
  doorstroom,
  endedOtherwise,
  extended,
  hiredByInlener,
  placement,
  registered,
  signed,
  uitval,
  type ToldPlacement,
} from '@bestendig/testing';
import { chains, chainsAtEveryEnd, PERSON_PLACEMENTS_MAX } from './chains';
import type { Chain } from './chains-types';
import { addDays } from './days';
import type { Fact } from './facts';

/** One line per piece: first day, state, placement. */
function told(chain: Chain | undefined): readonly string[] {
  return (chain?.pieces ?? []).map(({ firstDay, state, placementId }) => {
    const how = state.kind === 'ended' ? state.outcome : state.kind;
    return `${firstDay} ${how} ${placementId}`;
  });
}

function only(...placements: readonly ToldPlacement[]): Chain {
  const [chain, ...others] = chains(placements);
  if (chain === undefined || others.length > 0) throw new Error(`${others.length + 1} chains`);
  return chain;
}

const idsOf = (...placements: readonly ToldPlacement[]): readonly (readonly string[])[] =>
  chains(placements).map(({ placementIds }) => placementIds);

const YEAR_2023 = signed('2023-01-01', '2023-12-31');
const LAST = '2023-12-31';
/** The next job, the very next day, at the same formal employer. */
const next = (id: string, ...facts: readonly Fact[]): ToldPlacement => placement(id, signed('2024-01-01'), ...facts);
const elsewhere = (id: string, from = '2024-01-01'): ToldPlacement =>
  placement(id, registered({ employerId: 'kvk:2' }), signed(from));

describe('what an end is', () => {
  it.each([
    ['01', 'uitval'],
    ['03', 'uitval'],
    ['04', 'uitval'],
    ['05', 'uitval'],
    ['06', 'uitval'],
    ['21', 'uitval'],
    ['40', 'uitval'],
    ['50', 'uitval'],
    ['31', 'otherKnown'],
    ['51', 'otherKnown'],
    ['32', 'otherKnown'],
    ['33', 'otherKnown'],
    ['34', 'otherKnown'],
    ['20', 'otherUnknown'],
    ['30', 'otherUnknown'],
    ['41', 'otherUnknown'],
    ['99', 'otherUnknown'],
    ['77', 'otherUnknown'],
    [undefined, 'otherUnknown'],
    ['90', 'unconfirmed'],
    ['91', 'unconfirmed'],
    ['92', 'unconfirmed'],
  ])('under code %s is %s', (code, outcome) => {
    expect(told(only(placement('a', YEAR_2023, contractEnded(LAST, code))))).toEqual([
      '2023-01-01 inWork a',
      `2024-01-01 ${outcome} a`,
    ]);
  });

  it('is what is recorded, before the code', () => {
    const ends = [uitval(LAST), doorstroom(LAST), endedOtherwise(LAST, 'agreedOutflow')];
    const outcomes = ends.map((end) => told(only(placement('a', YEAR_2023, contractEnded(LAST, '30'), end)))[1]);
    expect(outcomes).toEqual(['2024-01-01 uitval a', '2024-01-01 doorstroom a', '2024-01-01 otherKnown a']);
  });

  it.each(['32', '33'])('is pension or death under code %s, whatever else is recorded', (code) => {
    const others = [uitval(LAST), doorstroom(LAST), endedOtherwise(LAST, 'agreedOutflow')];
    for (const other of others) {
      const chain = only(placement('a', YEAR_2023, contractEnded(LAST, code), other));
      expect(told(chain)[1]).toBe('2024-01-01 otherKnown a');
      expect(chain.pieces[1]?.state).toMatchObject({ pensionOrDeath: true });
      expect(chain.inconsistencies).toEqual([]);
    }
  });

  it('is no end where a continuation is recorded, whatever else is', () => {
    const chain = only(placement('a', YEAR_2023, contractEnded(LAST, '04'), uitval(LAST), continued(LAST, '92')));
    expect(told(chain)).toEqual(['2023-01-01 inWork a', '2024-01-01 unconfirmed a']);
  });

  it('says nothing yet by a code or an explicit fact without a recorded last day', () => {
    const without = { ...uitval(LAST, { endCode: '04' }) };
    const fact: Fact = {
      type: 'UitvalRecorded',
      data: { effectiveDate: '2023-10-01', cause: 'noFittingTasks', endCode: '04' },
    };
    expect(told(only(placement('a', YEAR_2023, fact)))).toEqual(['2023-01-01 inWork a', '2024-01-01 unconfirmed a']);
    expect(told(only(placement('a', YEAR_2023, without)))[1]).toBe('2024-01-01 uitval a');
  });

  it('reads a code outside its dates by what it says, and one published after knownAt as unlisted', () => {
    const early = placement('a', signed('2021-01-01'), contractEnded('2021-06-30', '92'));
    expect(told(only(early))[1]).toBe('2021-07-01 unconfirmed a');
    const late = placement('a', signed('2025-01-01'), contractEnded('2025-06-30', '33'));
    const [asKnown] = chains([late], { knownAt: '2025-12-31T12:00:00.000000Z' });
    expect(told(asKnown)[1]).toBe('2025-07-01 otherUnknown a');
  });

  it('is the recorded one also after the planned end', () => {
    const chain = only(placement('a', signed('2023-01-01', '2023-06-30'), contractEnded('2023-08-31', '04')));
    expect(told(chain)).toEqual(['2023-01-01 inWork a', '2023-09-01 uitval a']);
  });
});

describe('a planned end', () => {
  it('is not an end: from the next day the chain is unconfirmed', () => {
    expect(told(only(placement('a', YEAR_2023)))).toEqual(['2023-01-01 inWork a', '2024-01-01 unconfirmed a']);
  });

  it('is passed by an extension', () => {
    expect(told(only(placement('a', YEAR_2023, extended('2024-01-01'))))).toEqual(['2023-01-01 inWork a']);
  });

  it('stays unconfirmed until a later start, which confirms no day before it', () => {
    const chain = only(placement('a', YEAR_2023, extended('2024-03-01', '2024-12-31')));
    expect(told(chain)).toEqual([
      '2023-01-01 inWork a',
      '2024-01-01 unconfirmed a',
      '2024-03-01 inWork a',
      '2025-01-01 unconfirmed a',
    ]);
  });
});

describe('several spells in one placement', () => {
  it('are one chain: ended in the gap, with the outcome of that end, and in work again', () => {
    const chain = only(placement('a', YEAR_2023, contractEnded(LAST, '04'), signed('2024-06-01')));
    expect(told(chain)).toEqual(['2023-01-01 inWork a', '2024-01-01 uitval a', '2024-06-01 inWork a']);
  });

  it('are over with pension or death, also from the very next day', () => {
    const pension = only(placement('a', YEAR_2023, endedOtherwise(LAST, 'pension'), signed('2024-01-01')));
    expect(told(pension)).toEqual(['2023-01-01 inWork a', '2024-01-01 otherKnown a']);
    expect(pension.pieces[1]?.state).toMatchObject({ pensionOrDeath: true });
  });

  it('are read as continued elsewhere at their last end only', () => {
    const a = placement(
      'a',
      YEAR_2023,
      contractEnded(LAST, '30'),
      signed('2024-06-01', '2024-12-31'),
      contractEnded('2024-12-31'),
    );
    expect(idsOf(a, next('b'))).toEqual([['a'], ['b']]);
    expect(idsOf(a, placement('c', signed('2025-01-01')))).toEqual([['a', 'c']]);
  });

  it('that begin after the observation end do not exist: until then the earlier end is the last', () => {
    const a = placement('a', YEAR_2023, contractEnded(LAST, '30'), signed('2024-06-01'));
    const shown = chainsAtEveryEnd([a, next('b')]).map(({ placementIds, shown: { from, before } }) => ({
      placementIds,
      from,
      before,
    }));
    expect(shown).toEqual([
      { placementIds: ['a'], from: '2024-06-01', before: null },
      { placementIds: ['b'], from: '2024-06-01', before: null },
      { placementIds: ['a', 'b'], from: null, before: '2024-06-01' },
    ]);
    expect(chainsAtEveryEnd([a])).toHaveLength(1);
  });
});

describe('a recorded continuation (90, 91, 92)', () => {
  it('goes on in the placement it names, at whatever employer', () => {
    const chain = only(placement('a', YEAR_2023, continued(LAST, '91', 'b')), elsewhere('b'));
    expect(told(chain)).toEqual(['2023-01-01 inWork a', '2024-01-01 inWork b']);
    expect(chain.placementIds).toEqual(['a', 'b']);
  });

  it('is unconfirmed from the day after while what it names is not recorded', () => {
    expect(told(only(placement('a', YEAR_2023, continued(LAST, '92', 'b'))))[1]).toBe('2024-01-01 unconfirmed a');
    const [first, other] = chains([placement('a', YEAR_2023, continued(LAST, '92', 'b')), next('c')]);
    expect([told(first)[1], told(other)]).toEqual(['2024-01-01 unconfirmed a', ['2024-01-01 inWork c']]);
  });

  it('is unconfirmed between, where what it names begins later than the next day', () => {
    const chain = only(placement('a', YEAR_2023, continued(LAST, '92', 'b')), elsewhere('b', '2024-02-01'));
    expect(told(chain)).toEqual(['2023-01-01 inWork a', '2024-01-01 unconfirmed a', '2024-02-01 inWork b']);
  });

  it('without a name takes the placement of the very next day at the same formal employer', () => {
    expect(idsOf(placement('a', YEAR_2023, continued(LAST, '92')), next('b'))).toEqual([['a', 'b']]);
    expect(idsOf(placement('a', YEAR_2023, contractEnded(LAST, '90')), next('b'))).toEqual([['a', 'b']]);
    expect(idsOf(placement('a', YEAR_2023, continued(LAST, '92')), elsewhere('b'))).toEqual([['a'], ['b']]);
    const late = placement('b', signed('2024-01-02'));
    expect(idsOf(placement('a', YEAR_2023, continued(LAST, '92')), late)).toEqual([['a'], ['b']]);
  });

  it('must begin after the last day: an earlier one is as if not made, and counted', () => {
    const early = placement('b', signed('2023-12-31'));
    const [a, b] = chains([placement('a', YEAR_2023, continued(LAST, '92', 'b')), early]);
    expect(told(a)).toEqual(['2023-01-01 inWork a', '2024-01-01 unconfirmed a']);
    expect(a?.inconsistencies).toEqual([{ code: 'continuationBeforeEnd', placementId: 'a', on: '2024-01-01' }]);
    expect(b?.placementIds).toEqual(['b']);
    // The fact itself stands: the employment continued, and names nobody.
    expect(idsOf(placement('a', YEAR_2023, continued(LAST, '92', 'b')), early, next('c'))).toEqual([['a', 'c'], ['b']]);
  });

  it('of pension or death is as if not made, and counted', () => {
    const a = placement('a', YEAR_2023, endedOtherwise(LAST, 'death'), continued(LAST, '92', 'b'));
    const [first, other] = chains([a, next('b')]);
    expect(told(first)).toEqual(['2023-01-01 inWork a', '2024-01-01 otherKnown a']);
    expect(first?.inconsistencies).toEqual([
      { code: 'continuationOfPensionOrDeath', placementId: 'a', on: '2024-01-01' },
    ]);
    expect(other?.placementIds).toEqual(['b']);
  });

  it.each(['32', '33'])('of an end under code %s, of pension or death, is as if not made, and counted', (code) => {
    const a = placement('a', YEAR_2023, contractEnded(LAST, code), continued(LAST, '92', 'b'));
    const [first, other] = chains([a, next('b')]);
    expect(told(first)).toEqual(['2023-01-01 inWork a', '2024-01-01 otherKnown a']);
    expect(first?.pieces[1]?.state).toMatchObject({ pensionOrDeath: true });
    expect(first?.inconsistencies).toEqual([
      { code: 'continuationOfPensionOrDeath', placementId: 'a', on: '2024-01-01' },
    ]);
    expect(other?.placementIds).toEqual(['b']);
  });

  it('of an end under a code that was not yet published stands', () => {
    const a = placement('a', YEAR_2023, contractEnded(LAST, '33'), continued(LAST, '92', 'b'));
    const [chain] = chains([a, next('b')], { knownAt: '2025-12-31T12:00:00.000000Z' });
    expect([chain?.placementIds, chain?.inconsistencies]).toEqual([['a', 'b'], []]);
  });

  it('that names its own placement names nobody, and is not counted', () => {
    const renewed = placement('a', YEAR_2023, continued(LAST, '92', 'a'), signed('2024-01-11'));
    expect(told(only(renewed))).toEqual(['2023-01-01 inWork a', '2024-01-01 unconfirmed a', '2024-01-11 inWork a']);
    expect(only(renewed).inconsistencies).toEqual([]);
    expect(idsOf(placement('a', YEAR_2023, continued(LAST, '92', 'a')), next('b'))).toEqual([['a', 'b']]);
  });

  it('named before a later spell ended by pension is as if not made, and counted', () => {
    const back = [signed('2024-02-01'), endedOtherwise('2024-03-31', 'pension')];
    const [a, b] = chains([
      placement('a', YEAR_2023, continued(LAST, '92', 'b'), ...back),
      elsewhere('b', '2024-06-01'),
    ]);
    expect(told(a).at(-1)).toBe('2024-04-01 otherKnown a');
    expect(a?.inconsistencies.map(({ code }) => code)).toEqual(['continuationOfPensionOrDeath']);
    expect(told(b)).toEqual(['2024-06-01 inWork b']);
  });
});

describe('two that claim to continue the same placement', () => {
  const uitzend = registered({ arrangement: 'uitzend' });
  const claimed = placement(
    'a',
    uitzend,
    YEAR_2023,
    continued(LAST, '92', 'b'),
    hiredByInlener('2024-01-01', 'kvk:2', 'c'),
  );

  it('the earlier start wins, and the other is a chain of its own', () => {
    expect(idsOf(claimed, elsewhere('b', '2024-01-15'), elsewhere('c', '2024-01-10'))).toEqual([['a', 'c'], ['b']]);
    const [a] = chains([claimed, elsewhere('b', '2024-01-15'), elsewhere('c', '2024-01-10')]);
    expect(a?.inconsistencies.map(({ code }) => code)).toEqual(['continuationClaimedTwice']);
  });

  it('then the lowest id', () => {
    expect(idsOf(claimed, elsewhere('c'), elsewhere('b'))).toEqual([['a', 'b'], ['c']]);
  });

  it('the other is never read as continuing another', () => {
    const x = placement(
      'x',
      registered({ employerId: 'kvk:2' }),
      signed('2023-03-01', LAST),
      contractEnded(LAST, '30'),
    );
    expect(idsOf(claimed, elsewhere('b'), elsewhere('c'), x)).toEqual([['a', 'b'], ['x'], ['c']]);
    expect(idsOf(placement('a', YEAR_2023), placement('x', YEAR_2023), next('b'), next('c'))).toEqual([
      ['a', 'b'],
      ['x'],
      ['c'],
    ]);
  });

  it('two ends that name the same placement: the one that ended last has it', () => {
    const early = placement('a', signed('2023-01-01'), continued('2023-10-31', '92', 'c'));
    const late = placement('b', signed('2023-02-01'), continued('2023-11-30', '92', 'c'));
    const [first, second] = chains([early, late, next('c')]);
    expect([first?.placementIds, second?.placementIds]).toEqual([['a'], ['b', 'c']]);
    expect(told(first)[1]).toBe('2023-11-01 unconfirmed a');
    expect(first?.inconsistencies.map(({ code }) => code)).toEqual(['continuationClaimedTwice']);
  });
});

describe('the next placement at the same formal employer the very next day', () => {
  it.each([
    ['a recorded end without a code', [contractEnded(LAST)], []],
    ['code 30', [contractEnded(LAST, '30')], ['2024-01-01']],
    ['a planned end with nothing recorded', [], []],
  ])('continues after %s', (_, facts, read) => {
    const chain = only(placement('a', YEAR_2023, ...facts), next('b'));
    expect(told(chain)).toEqual(['2023-01-01 inWork a', '2024-01-01 inWork b']);
    expect(chain.readAsContinuedOn).toEqual(read);
  });

  it.each([
    ['an explicit fact', [uitval(LAST)]],
    ['another code', [contractEnded(LAST, '20')]],
    ['a code that is not listed', [contractEnded(LAST, '77')]],
    ['agreed outflow', [endedOtherwise(LAST, 'agreedOutflow')]],
    ['pension', [endedOtherwise(LAST, 'pension')]],
    ['a recorded end after the planned one', [contractEnded('2024-01-15')]],
  ])('is a chain of its own after %s', (_, facts) => {
    expect(idsOf(placement('a', YEAR_2023, ...facts), next('b'))).toEqual([['a'], ['b']]);
  });

  it('is a chain of its own at another employer, or a day later', () => {
    expect(idsOf(placement('a', YEAR_2023), elsewhere('b'))).toEqual([['a'], ['b']]);
    expect(idsOf(placement('a', YEAR_2023), placement('b', signed('2024-01-02')))).toEqual([['a'], ['b']]);
  });

  it('continues after a planned end also where that is later than the observation end', () => {
    const [chain, ...others] = chains([placement('a', YEAR_2023), next('b')], { observedThrough: '2023-06-30' });
    expect([chain?.placementIds, others]).toEqual([['a', 'b'], []]);
  });

  it('makes one chain of many', () => {
    const half = placement('a', signed('2023-01-01', '2023-06-30'));
    const second = placement('b', signed('2023-07-01', LAST), contractEnded(LAST, '30'));
    expect(only(half, second, next('c')).placementIds).toEqual(['a', 'b', 'c']);
  });
});

describe('hired by the inlener', () => {
  const uitzend = registered({ arrangement: 'uitzend', inleners: [{ employerId: 'kvk:2', share: 1 }] });
  const half = signed('2023-02-01', '2023-07-31', { form: 'uitzend' });

  it('goes on in the placement it names', () => {
    const a = placement(
      'a',
      uitzend,
      half,
      contractEnded('2023-07-31', '41'),
      hiredByInlener('2023-08-01', 'kvk:2', 'b'),
    );
    const chain = only(a, elsewhere('b', '2023-08-01'));
    expect(told(chain)).toEqual(['2023-02-01 inWork a', '2023-08-01 inWork b']);
    expect(chain.hiredByInlenerOn).toEqual(['2023-08-01']);
  });

  it('goes on in the placement at the inlener that begins on that day, where none is named', () => {
    const a = placement('a', uitzend, half, contractEnded('2023-07-31'), hiredByInlener('2023-08-01', 'kvk:2'));
    expect(only(a, elsewhere('b', '2023-08-01')).placementIds).toEqual(['a', 'b']);
  });

  it('goes on in the same placement', () => {
    const a = placement(
      'a',
      uitzend,
      half,
      contractEnded('2023-07-31', '41'),
      hiredByInlener('2023-08-01', 'kvk:2'),
      signed('2023-08-01'),
    );
    const chain = only(a);
    expect(told(chain)).toEqual(['2023-02-01 inWork a']);
    expect(chain.hiredByInlenerOn).toEqual(['2023-08-01']);
  });

  it('stops the employment before it where no last day is recorded', () => {
    const permanent = placement('a', uitzend, signed('2023-02-01'), hiredByInlener('2023-08-01', 'kvk:2', 'b'));
    expect(told(only(permanent, elsewhere('b', '2023-08-15')))).toEqual([
      '2023-02-01 inWork a',
      '2023-08-01 unconfirmed a',
      '2023-08-15 inWork b',
    ]);
    expect(told(only(permanent))).toEqual(['2023-02-01 inWork a', '2023-08-01 unconfirmed a']);
  });

  it('after a gap does not exist before its day', () => {
    const a = placement(
      'a',
      uitzend,
      half,
      contractEnded('2023-07-31', '30'),
      hiredByInlener('2023-09-01', 'kvk:2', 'b'),
    );
    const of = (id: string): unknown =>
      chainsAtEveryEnd([a, elsewhere('b', '2023-09-01')])
        .filter((chain) => chain.id === id)
        .map((chain) => [told(chain)[1], chain.shown.from, chain.shown.before]);
    expect(of('a')).toEqual([
      ['2023-08-01 unconfirmed a', '2023-09-01', null],
      ['2023-08-01 otherUnknown a', null, '2023-09-01'],
    ]);
  });
});

describe('a chain', () => {
  it('has the covariates of its first placement on day 0', () => {
    const first: Fact = registered({
      effectiveDate: '2023-03-01',
      hoursPerWeek: 32,
      registrationKind: 'existingWorker',
      sector: 'umc',
    });
    const a = placement('a', first, YEAR_2023, {
      type: 'HoursChanged',
      data: { effectiveDate: '2023-06-01', hoursPerWeek: 16 },
    });
    expect(only(a, next('b'))).toMatchObject({
      id: 'a',
      day0: '2023-01-01',
      entry: 59,
      hoursPerWeek: 32,
      sector: 'umc',
      employerId: 'kvk:1',
    });
  });

  it('is observed from day 0 for a new job, and for an existing worker registered before it', () => {
    const later = registered({ effectiveDate: '2023-05-01' });
    const earlier = registered({ effectiveDate: '2022-12-01', registrationKind: 'existingWorker' });
    expect(only(placement('a', later, YEAR_2023)).entry).toBe(0);
    expect(only(placement('a', earlier, YEAR_2023)).entry).toBe(0);
  });

  it('says which pieces begin by a date that is not known to the day', () => {
    const inexact = { effectiveDate: { precision: 'month', assumed: false } } as const;
    const a = placement(
      'a',
      signed('2023-01-16', undefined, { inexact }),
      contractEnded('2023-06-15', '04', { inexact }),
    );
    expect(only(a).pieces.map((piece) => piece.inexact)).toEqual([true, true]);
    expect(only(placement('a', YEAR_2023)).pieces.map((piece) => piece.inexact)).toEqual([false, false]);
  });

  it('needs a registration and a day of paid employment', () => {
    const proefplaatsing: Fact = {
      type: 'ProefplaatsingStarted',
      data: { effectiveDate: '2023-01-01', authority: 'uwv', plannedEnd: '2023-02-28' },
    };
    expect(chains([placement('a', proefplaatsing), placement('b')])).toEqual([]);
  });

  it('does not depend on interruptions', () => {
    const sick: Fact = { type: 'EmploymentInterrupted', data: { effectiveDate: '2023-03-01', kind: 'sickness' } };
    expect(told(only(placement('a', YEAR_2023, extended('2024-01-01'), sick)))).toEqual(['2023-01-01 inWork a']);
  });
});

describe('one key for more placements than a person can have had', () => {
  const renewals = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const day = addDays('2015-01-01', index);
      return placement(`p${index}`, signed(day, day));
    });

  it('joins as many as a person may have', () => {
    expect(only(...renewals(PERSON_PLACEMENTS_MAX)).placementIds).toHaveLength(PERSON_PLACEMENTS_MAX);
  });

  it('joins none of more, and says so of each', () => {
    const told = renewals(PERSON_PLACEMENTS_MAX + 1);
    for (const list of [chains(told), chainsAtEveryEnd(told)]) {
      expect(list.map(({ placementIds }) => placementIds)).toEqual(told.map(({ placementId }) => [placementId]));
      expect(list[7]?.inconsistencies).toEqual([
        { code: 'personOfTooManyPlacements', placementId: 'p7', on: '2015-01-08' },
      ]);
    }
  });

  it('links each once, where all begin and end on the same days', () => {
    const told = renewals(PERSON_PLACEMENTS_MAX).map(({ placementId }, index) =>
      index % 2 === 0 ? placement(placementId, YEAR_2023, continued(LAST, '92')) : next(placementId),
    );
    expect(chains(told)).toHaveLength(PERSON_PLACEMENTS_MAX - 1);
  });
});
