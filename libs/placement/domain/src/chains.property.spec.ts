import { fact, placement, randomDay, randomPerson, registered, signed, stateOnDay } from '@bestendig/testing';
import fc from 'fast-check';
import { chains, chainsAtEveryEnd } from './chains';
import type { Chain } from './chains-types';
import { addDays } from './days';

const runs = { numRuns: 200 };

/** What a chain says of a day, in the words of the day-by-day reading. */
function on(chain: Chain, day: string): { first: string; day0: string; entry: number; state: string } {
  const piece = chain.pieces.find(({ firstDay, lastDay }) => firstDay <= day && (lastDay === null || day <= lastDay));
  const state = piece?.state.kind === 'ended' ? piece.state.outcome : (piece?.state.kind ?? 'none');
  return { first: chain.id, day0: chain.day0, entry: chain.entry, state };
}

const byFirst = (one: { first: string }, other: { first: string }): number => (one.first < other.first ? -1 : 1);

describe('chains of a random person', () => {
  it('stand on every day where the day-by-day reading says', () => {
    fc.assert(
      fc.property(randomPerson, randomDay, randomDay, (placements, one, other) => {
        const [day, observedThrough] = one < other ? [one, other] : [other, one];
        const expected = [...stateOnDay(placements, day, observedThrough)].sort(byFirst);
        const cut = chains(placements, { observedThrough }).filter(({ day0 }) => day0 <= day);
        expect(cut.map((chain) => on(chain, day)).sort(byFirst)).toEqual(expected);
        const shown = chainsAtEveryEnd(placements).filter(
          ({ day0, shown: { from, before } }) =>
            day0 <= day && (from === null || from <= observedThrough) && (before === null || observedThrough < before),
        );
        expect(shown.map((chain) => on(chain, day)).sort(byFirst)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('say of a hiring by the inlener what was known of it before work went on at the placement itself', () => {
    const hired = fact('HiredByInlener', {
      effectiveDate: '2023-03-03',
      employerId: 'kvk:1',
      successorPlacementId: 'e',
    });
    const told = placement('a', registered({ arrangement: 'uitzend' }), signed('2023-03-02', '2023-03-31'), signed('2023-05-01', '2023-05-30'), hired); // prettier-ignore
    const statesAt = (observedThrough: string) =>
      chainsAtEveryEnd([told])
        .filter(({ shown: { from, before } }) => (from ?? '') <= observedThrough && observedThrough < (before ?? '9'))
        .map((chain) => on(chain, '2023-03-03').state);
    expect([statesAt('2023-03-03'), statesAt('2023-04-30'), statesAt('2023-05-01')]).toEqual([['unconfirmed'], ['unconfirmed'], ['inWork']]); // prettier-ignore
  });

  it('have each placement with a spell in exactly one of them', () => {
    fc.assert(
      fc.property(randomPerson, (placements) => {
        const held = chains(placements).flatMap(({ placementIds }) => placementIds);
        const withSpell = placements.filter(({ timeline }) => timeline.spells.length > 0);
        expect([...held].sort()).toEqual(withSpell.map(({ placementId }) => placementId).sort());
      }),
      runs,
    );
  });

  it('have pieces that begin on day 0, join without a gap and last for ever', () => {
    fc.assert(
      fc.property(randomPerson, (placements) => {
        for (const { day0, pieces } of chainsAtEveryEnd(placements)) {
          expect(pieces[0]?.firstDay).toBe(day0);
          expect(pieces[0]?.state.kind).toBe('inWork');
          expect(pieces.at(-1)?.lastDay).toBeNull();
          pieces.slice(1).forEach(({ firstDay }, index) => expect(pieces[index]?.lastDay).toBe(addDays(firstDay, -1)));
        }
      }),
      runs,
    );
  });

  it('do not depend on the order of the placements', () => {
    fc.assert(
      fc.property(randomPerson, (placements) => {
        expect(chainsAtEveryEnd([...placements].reverse())).toEqual(chainsAtEveryEnd(placements));
      }),
      runs,
    );
  });
});
