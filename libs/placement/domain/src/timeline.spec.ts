import { contractEnded, fact, given, registered, signed, told, type Story } from '@bestendig/testing';
import { timeline, type Fact, type PlacementEvent } from '.';

describe('without a registration', () => {
  test('everything waits for it, and stands when it comes', () => {
    const contract = [signed('2023-01-01', '2023-12-31'), contractEnded('2023-06-30')];
    expect(given(...contract).verdicts()).toEqual(['parked: notRegistered', 'parked: notRegistered']);
    expect(given(...contract).timeline()).toMatchObject({ registration: null, spells: [], employer: [] });
    expect(given(...contract, registered()).verdicts()).toEqual(['stands', 'stands', 'stands']);
  });

  test('of two registrations the one reported first stands', () => {
    const two = given(registered({ sector: 'po' }), registered({ sector: 'vo' }));
    expect(two.verdicts()).toEqual(['stands', 'parked: otherFactStands because of e1']);
    expect(two.timeline().registration).toMatchObject({ sector: 'po', eventId: 'e1' });
  });

  test('the placement’s source is that of the registration that stands, else of the lowest fact by rank', () => {
    const other = told(signed('2023-01-01'), { source: 'urn:other' });
    expect(given(other).timeline().source).toBe('urn:other');
    expect(given(other, told(registered(), { source: 'urn:mine' })).timeline().source).toBe('urn:mine');
    expect(given().timeline().source).toBeNull();
  });
});

describe('rank', () => {
  const hours = (hoursPerWeek: number): Fact => fact('HoursChanged', { effectiveDate: '2023-05-01', hoursPerWeek });
  const winner = (...two: Story): number | undefined =>
    given(registered(), ...two)
      .timeline()
      .hoursPerWeek.at(-1)?.value;

  test('what was reported first stands, whenever it came in', () => {
    expect(
      winner(
        told(hours(20), { reportedAt: '2024-01-02T00:00:00.000000Z' }),
        told(hours(30), { reportedAt: '2024-01-01T00:00:00.000000Z' }),
      ),
    ).toBe(30);
  });
  test('what does not say when it was reported comes last', () => {
    expect(winner(told(hours(20), { reportedAt: null }), hours(30))).toBe(30);
  });
  test('of one moment: by source, then message, then event', () => {
    const at = { reportedAt: '2024-01-01T00:00:00.000000Z' };
    expect(winner(told(hours(20), { ...at, source: 'urn:b' }), told(hours(30), { ...at, source: 'urn:a' }))).toBe(30);
    expect(winner(told(hours(20), { ...at, messageId: 'z' }), told(hours(30), { ...at, messageId: 'y' }))).toBe(30);
    expect(
      winner(told(hours(20), { ...at, messageId: 'z', id: 'b' }), told(hours(30), { ...at, messageId: 'z', id: 'a' })),
    ).toBe(30);
  });
});

test('a fact that is there twice counts as recorded when it first was', () => {
  const { events } = given(registered(), signed('2023-01-01'));
  const again = events.map((event) => ({ ...event, recordedAt: '2031-01-01T00:00:00.000000Z' }));
  expect(timeline([...again, ...events])).toEqual(timeline(events));
  expect(timeline([...events, ...again])).toEqual(timeline(events));
});

test('of two facts under one id, which no store holds, the one recorded first counts', () => {
  const [registration, contract] = given(registered(), signed('2023-01-01')).events;
  if (registration === undefined || contract === undefined) throw new Error('expected two events');
  const other: PlacementEvent = {
    ...contract,
    recordedAt: '2031-01-01T00:00:00.000000Z',
    data: { effectiveDate: '2022-01-01', form: 'bbl' },
    type: 'ContractSigned',
  };
  const inOrderOfContent = [other, contract].map(({ type, data, ...envelope }) =>
    JSON.parse(JSON.stringify({ data, type, ...envelope })),
  );
  expect(timeline([registration, ...inOrderOfContent]).spells.map(({ firstDay }) => firstDay)).toEqual(['2023-01-01']);
});

describe('what cannot be read', () => {
  const unreadable = (type: string, data: unknown): PlacementEvent =>
    JSON.parse(JSON.stringify({ ...given(registered()).events[0], id: 'x', type, data }));

  test.each([
    ['a type of a later version', 'ContractAnnulled', { effectiveDate: '2023-01-01' }],
    ['a type that every object has', 'constructor', { effectiveDate: '2023-01-01' }],
    ['no data', 'ContractEnded', null],
    ['no date', 'ContractEnded', {}],
    ['no real date', 'ContractEnded', { effectiveDate: '2023-02-30' }],
    ['no real planned end', 'ContractSigned', { effectiveDate: '2023-01-01', form: 'bbl', plannedEnd: 'soon' }],
    ['no reference', 'FactCorrected', { effectiveDate: '2023-01-01' }],
  ])('%s: it is parked, and all else stands', (_, type, data) => {
    const { events } = given(registered(), signed('2023-01-01'));
    const { facts, spells } = timeline([...events, unreadable(type, data)]);
    expect(facts.find(({ eventId }) => eventId === 'x')).toMatchObject({ verdict: 'parked', reason: 'unreadable' });
    expect(spells).toHaveLength(1);
  });

  test('is said so before that a registration is missing', () => {
    expect(timeline([unreadable('ContractEnded', {})]).facts).toMatchObject([
      { verdict: 'parked', reason: 'unreadable' },
    ]);
    expect(given(signed('2023-02-01', '2023-01-01')).verdicts()).toEqual(['parked: datesContradict']);
  });

  test('a correction into something unreadable takes the fact out and says so', () => {
    const { events } = given(registered(), signed('2023-01-01'));
    const correction = unreadable('FactCorrected', {
      effectiveDate: '2023-01-01',
      corrects: { eventId: 'e2' },
      replacement: { type: 'None', data: {} },
    });
    const { facts, spells } = timeline([...events, correction]);
    expect(facts.map(({ verdict }) => verdict).sort()).toEqual(['parked', 'stands', 'superseded']);
    expect(spells).toEqual([]);
  });
});

test('a rehire in the same placement, a renewal, a correction and a late end: one life told in two orders', () => {
  const life = [
    registered(),
    signed('2022-01-01', '2022-12-31'),
    fact('ContractExtended', { effectiveDate: '2023-01-01', plannedEnd: '2023-12-31' }),
    contractEnded('2022-12-31', '92'),
    contractEnded('2023-08-31', '04'),
    signed('2024-02-01'),
  ];
  const { events } = given(...life);
  const backwards = timeline([...events].reverse());
  expect(backwards).toEqual(timeline(events));
  expect(backwards.spells.map(({ firstDay, end }) => [firstDay, end.lastDay, end.endCode])).toEqual([
    ['2022-01-01', '2023-08-31', '04'],
    ['2024-02-01', null, null],
  ]);
});
