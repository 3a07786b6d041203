import {
  correctedHistories,
  fact,
  given,
  junkEvents,
  moment,
  personHistories,
  placementFacts,
  placementHistories,
  registered,
  signed,
  spoiltHistories,
} from '@bestendig/testing';
import fc from 'fast-check';
import {
  addDays,
  chainsAtEveryEnd,
  isSameToChains,
  POLICY_MOMENTS,
  timeline,
  timelines,
  type PlacementEvent,
  type Timeline,
} from '.';

const RUNS = { numRuns: 100 };
const histories = fc.oneof({ weight: 2, arbitrary: placementHistories }, { weight: 1, arbitrary: correctedHistories });

/** What a timeline says, without when its facts were recorded. */
function said(read: Timeline): unknown {
  return { ...read, facts: read.facts.map(({ recordedAt: _, event: __, ...verdict }) => verdict) };
}

/** What a timeline says of the placement, whichever events say so. */
function life({ facts: _, ...read }: Timeline): unknown {
  return JSON.parse(
    JSON.stringify(read, (key, value: unknown) => (key === 'eventId' || key === 'source' ? undefined : value)),
  );
}

const shuffled = histories.chain((events) =>
  fc.tuple(fc.constant(events), fc.shuffledSubarray([...events], { minLength: events.length })),
);

describe('the order of arrival does not matter', () => {
  test('the array may be in any order', () => {
    fc.assert(
      fc.property(shuffled, ([events, otherwise]) => {
        expect(timeline(otherwise)).toEqual(timeline(events));
      }),
      RUNS,
    );
  });

  test('the facts may have been recorded in any order: verdicts and all else are the same', () => {
    fc.assert(
      fc.property(shuffled, ([events, otherwise]) => {
        const rerecorded = otherwise.map((event, i) => ({
          ...event,
          recordedAt: `2025-01-01T00:00:00.${String(i).padStart(6, '0')}Z`,
        }));
        expect(said(timeline(rerecorded))).toEqual(said(timeline(events)));
      }),
      RUNS,
    );
  });
});

test('a repeat adds nothing', () => {
  fc.assert(
    fc.property(shuffled, ([events, otherwise]) => {
      expect(timeline([...events, ...otherwise])).toEqual(timeline(events));
    }),
    RUNS,
  );
});

test('as known at a moment it is the timeline of what was recorded by then', () => {
  fc.assert(
    fc.property(histories, fc.nat(40), (events, micros) => {
      const knownAt = `2024-01-01T00:00:00.${String(micros).padStart(6, '0')}Z`;
      const known = events.filter(({ recordedAt }) => recordedAt <= knownAt);
      expect(timeline(events, knownAt)).toEqual(timeline(known, knownAt));
    }),
    RUNS,
  );
});

describe('timelines moment by moment', () => {
  const byKnownTime = (a: PlacementEvent, b: PlacementEvent): number =>
    a.recordedAt < b.recordedAt ? -1 : a.recordedAt > b.recordedAt ? 1 : 0;
  /** Known in the order of their ranks, as facts mostly come: the reading before is added to each time. */
  const comingByRank = (events: readonly PlacementEvent[]): readonly PlacementEvent[] =>
    events.map((event, i) => ({ ...event, reportedAt: `2023-12-31T01:00:00.${String(i).padStart(6, '0')}Z` }));
  const anything = fc.oneof(
    { weight: 4, arbitrary: placementHistories },
    { weight: 4, arbitrary: placementHistories.map(comingByRank) },
    { weight: 1, arbitrary: correctedHistories },
    { weight: 1, arbitrary: spoiltHistories },
    { weight: 1, arbitrary: spoiltHistories.map(comingByRank) },
    { weight: 1, arbitrary: junkEvents },
  );
  /** Recorded since some years before the last policy rows became known, from a day to two years apart. */
  const spread = fc
    .tuple(anything, fc.array(fc.integer({ min: 0, max: 730 }), { minLength: 60, maxLength: 60 }))
    .map(([events, gaps]): readonly PlacementEvent[] => {
      let day = addDays('2013-01-01', gaps[0] ?? 0);
      return [...events].sort(byKnownTime).map((event, i) => {
        day = addDays(day, (gaps[i] ?? 0) < 200 ? 0 : (gaps[i] ?? 0));
        return { ...event, recordedAt: `${day}T00:00:00.000000Z` };
      });
    });

  test('are those of each moment by itself, whatever was shared between them', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anything.map((events) => [...events].sort(byKnownTime)),
          spread,
        ),
        (events) => {
          const moments = [...new Set([...events.map(({ recordedAt }) => recordedAt), ...POLICY_MOMENTS])].sort();
          const read = timelines(events, moments);
          // Looked at last: what was read first must not change with what comes after.
          expect(read).toEqual(moments.map((moment) => timeline(events, moment)));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('that are the same to chains have the same chains, by the policies of each moment', () => {
    fc.assert(
      fc.property(spread, (events) => {
        const moments = [...new Set([...events.map(({ recordedAt }) => recordedAt), ...POLICY_MOMENTS])].sort();
        const read = timelines(events, moments);
        const chainsOf = (at: number) => {
          const timeline = read[at];
          return timeline === undefined ? [] : chainsAtEveryEnd([{ placementId: 'p', timeline }], moments[at]);
        };
        read.forEach((timeline, at) => {
          const before = read[at - 1];
          if (before !== undefined && isSameToChains(before, timeline)) expect(chainsOf(at)).toEqual(chainsOf(at - 1));
        });
      }),
      { numRuns: 1_000 },
    );
  });

  test('share what a fact does not touch', () => {
    const { events } = given(
      registered({ hoursPerWeek: 24 }),
      signed('2020-01-01', '2020-12-31'),
      fact('HoursChanged', { effectiveDate: '2020-06-01', hoursPerWeek: 32 }),
    );
    const [before, after] = timelines(events, [moment(2), moment(3)]);
    expect(after?.spells).toBe(before?.spells);
    expect(after?.hoursPerWeek.map(({ value }) => value)).toEqual([24, 32]);
  });
});

test('it never throws, whatever it is given', () => {
  fc.assert(
    fc.property(junkEvents, placementHistories, (junk, events) => {
      expect(timeline([...events, ...junk]).facts).toHaveLength(events.length + junk.length);
    }),
    { numRuns: 300 },
  );
});

test('it never throws, whatever stands in the fields of its facts; nor do its chains', () => {
  fc.assert(
    fc.property(fc.array(spoiltHistories, { minLength: 1, maxLength: 2 }), (histories) => {
      const placements = histories.map((events, index) => ({ placementId: `p${index}`, timeline: timeline(events) }));
      chainsAtEveryEnd(placements);
    }),
    { numRuns: 500 },
  );
});

test('every fact has one verdict, and a parked one has no part in anything', () => {
  fc.assert(
    fc.property(histories, (events) => {
      const read = timeline(events);
      expect(read.facts.map(({ eventId }) => eventId).sort()).toEqual(events.map(({ id }) => id).sort());
      const without = events.filter(
        ({ id, type }) =>
          type.startsWith('Fact') || read.facts.find(({ eventId }) => eventId === id)?.verdict !== 'parked',
      );
      expect(life(timeline(without))).toEqual(life(read));
    }),
    RUNS,
  );
});

test('spells, contracts, phases and dated values are in order and do not overlap', () => {
  fc.assert(
    fc.property(histories, (events) => {
      const { spells, phases, hoursPerWeek, arrangement, employer, work } = timeline(events);
      for (const values of [hoursPerWeek, arrangement, employer, work]) expectAscending(values.map(({ from }) => from));
      expectAscending(spells.map(({ firstDay }) => firstDay));
      expectAscending(spells.flatMap(({ contracts }) => contracts.map(({ firstDay }) => firstDay)));
      expect(phases.map(({ firstDay }) => firstDay)).toEqual(phases.map(({ firstDay }) => firstDay).sort());
      for (const { firstDay, lastDay, plannedEnd } of phases) {
        expect((lastDay ?? firstDay) >= firstDay).toBe(true);
        expect((plannedEnd ?? firstDay) >= firstDay).toBe(true);
      }
      spells.forEach(({ end, plannedEnd }, i) => {
        const next = spells[i + 1];
        if (next !== undefined) expect((end.lastDay ?? plannedEnd ?? '9999') < next.firstDay).toBe(true);
      });
    }),
    RUNS,
  );
});

function expectAscending(days: readonly string[]): void {
  expect(days).toEqual([...new Set(days)].sort());
}

describe('corrections and retractions', () => {
  const modifiable = placementHistories.filter((events) => events.length > 0);
  const late = {
    recordedAt: '2026-01-01T00:00:00.000000Z',
    reportedAt: '2026-01-01T00:00:00.000000Z',
    source: 'urn:late',
    byPerson: false,
  } as const;

  function correction(
    id: string,
    of: string,
    replacement: Extract<PlacementEvent, { type: 'FactCorrected' }>['data']['replacement'],
    reportedAt: string = late.reportedAt,
  ): PlacementEvent {
    return {
      ...late,
      reportedAt,
      id,
      messageId: id,
      type: 'FactCorrected',
      data: { effectiveDate: '2022-01-01', corrects: { eventId: of }, replacement },
    };
  }
  function retraction(id: string, of: string): PlacementEvent {
    return {
      ...late,
      id,
      messageId: id,
      type: 'FactRetracted',
      data: { effectiveDate: '2022-01-01', retracts: { eventId: of }, reason: 'recordedInError' },
    };
  }
  /** A history, a fact in it that nothing points at, and another fact to put in its place. */
  const cases = fc.tuple(modifiable, fc.nat(30), placementFacts, placementFacts).map(([events, place, one, other]) => {
    const facts = events.filter(({ type }) => !type.startsWith('Fact'));
    return { facts, target: facts[place % Math.max(1, facts.length)], one, other };
  });

  test('a corrected fact counts as if it had said so from the start, under its own rank', () => {
    fc.assert(
      fc.property(cases, ({ facts, target, one }) => {
        if (target === undefined) return;
        const rewritten = facts.map((event) => (event === target ? { ...event, ...one } : event));
        expect(life(timeline([...facts, correction('c1', target.id, one)]))).toEqual(life(timeline(rewritten)));
      }),
      RUNS,
    );
  });

  test('of two corrections the one of highest rank counts, and a correction of a correction counts for it', () => {
    fc.assert(
      fc.property(cases, ({ facts, target, one, other }) => {
        if (target === undefined) return;
        const once = life(timeline([...facts, correction('c1', target.id, other)]));
        const twice = [
          ...facts,
          correction('c1', target.id, other, '2027-01-01T00:00:00.000000Z'),
          correction('c2', target.id, one),
        ];
        expect(life(timeline(twice))).toEqual(once);
        const inLine = [...facts, correction('c1', target.id, one), correction('c2', 'c1', other)];
        expect(life(timeline(inLine))).toEqual(once);
      }),
      RUNS,
    );
  });

  test('a retracted fact never was, and retracting a correction uncovers what it replaced', () => {
    fc.assert(
      fc.property(cases, ({ facts, target, one }) => {
        if (target === undefined) return;
        const without = facts.filter((event) => event !== target);
        expect(life(timeline([...facts, retraction('r1', target.id)]))).toEqual(life(timeline(without)));
        expect(life(timeline([...facts, correction('c1', target.id, one), retraction('r1', 'c1')]))).toEqual(
          life(timeline(facts)),
        );
        expect(life(timeline([...facts, retraction('r1', target.id), retraction('r2', 'r1')]))).toEqual(
          life(timeline(facts)),
        );
      }),
      RUNS,
    );
  });

  test('a placement of several is read alone', () => {
    fc.assert(
      fc.property(personHistories, (placements) => {
        for (const { events } of placements) expect(timeline(events).facts).toHaveLength(events.length);
      }),
      { numRuns: 20 },
    );
  });
});
