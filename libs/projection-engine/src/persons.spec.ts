import type { PlacementEvent } from '@bestendig/placement-domain';
import { registered, signed } from '@bestendig/testing';
import { joinedPlacements, namedCandidates } from './persons';

const event = (fact: PlacementEvent | ReturnType<typeof registered>): PlacementEvent => ({
  id: 'e',
  recordedAt: '2026-01-01T00:00:00.000000Z',
  reportedAt: null,
  source: null,
  messageId: 'm',
  byPerson: true,
  ...fact,
});
const of = (name: string, ...candidates: readonly string[]) => ({
  name,
  events: [event(signed('2020-01-01')), ...candidates.map((candidateId) => event(registered({ candidateId })))],
});

test('names everybody that a registration, or a correction to one, names', () => {
  const replacement = registered({ candidateId: 'b' });
  if (replacement.type !== 'PlacementRegistered') throw new Error('a registration');
  const corrected = event({
    type: 'FactCorrected',
    data: { effectiveDate: '2020-01-01', corrects: { eventId: 'e' }, replacement },
  });
  expect(namedCandidates([...of('p', 'a').events, corrected])).toEqual(['a', 'b']);
});

test('placements that share a person, also by way of a third, are in one group', () => {
  const groups = joinedPlacements([of('p', 'a'), of('q', 'b'), of('r', 'c'), of('s', 'a', 'b'), of('t'), of('u', 'c')]);
  const named = groups.map(
    ({ candidates, placements }) =>
      `${[...candidates].sort().join('')}: ${placements
        .map(({ name }) => name)
        .sort()
        .join('')}`,
  );
  expect(named.sort()).toEqual([': t', 'ab: pqs', 'c: ru']);
});
