import { newEvent, newEvents, newStream, readToEnd, type Topic } from './kit';
import { EventStoreError, type NewEvent, type StreamWrite } from '../port';

const ring: Record<string, unknown> = {};
ring['ring'] = ring;

const NOT_JSON: readonly (readonly [string, object])[] = [
  ['a bigint', { n: 1n }],
  ['a date', { at: new Date(0) }],
  ['a map', { m: new Map() }],
  ['a function', { f: () => 1 }],
  ['a symbol', { s: Symbol('s') }],
  ['not a number', { n: Number.NaN }],
  ['infinity', { n: Number.POSITIVE_INFINITY }],
  ['undefined in an array', { a: [undefined] }],
  ['a ring', ring],
  ['half a character', { text: '\ud83d' }],
  ['half a character in a key', { '\ude00': 1 }],
  ['a list instead of an object', [1]],
];

function eventWith(changes: Partial<NewEvent>): NewEvent {
  return { ...newEvent(), ...changes };
}

const WRONG: readonly (readonly [string, Partial<StreamWrite>])[] = [
  ['a stream without category', { stream: 'placement' }],
  ['a stream with a space', { stream: 'placement-a b' }],
  ['a stream with a quote', { stream: "placement-'x" }],
  ['a write without events', { events: [] }],
  ['an id that is no UUID', { events: [eventWith({ id: 'first' })] }],
  ['an id in upper case', { events: [eventWith({ id: 'A0000000-0000-4000-8000-000000000000' })] }],
  ['a type with a space', { events: [eventWith({ type: 'Hours Changed' })] }],
  ['a schema version of nought', { events: [eventWith({ schemaVersion: 0 })] }],
  ['a time in another form', { events: [eventWith({ meta: { ...newEvent().meta, reportedAt: '2024-01-01T00:00:00Z' } })] }],
  ['a day that does not exist', { events: [eventWith({ meta: { ...newEvent().meta, reportedAt: '2024-02-30T00:00:00.000000Z' } })] }],
  ['half a character in the envelope', { events: [eventWith({ meta: { ...newEvent().meta, actor: '\ud83d' } })] }],
];

export const refusing: Topic = (kit) => {
  test('what JSON cannot say is refused before anything is sent', async () => {
    const { store } = kit();
    const append = ([, data]: (typeof NOT_JSON)[number]) => store.append([{ stream: newStream(), expected: 'ANY', events: [newEvent({ data })] }]);
    expect(await codes(NOT_JSON, append)).toEqual(NOT_JSON.map(([name]) => `${name}: invalidEvent`));
    expect(await store.headPosition()).toBeNull();
  });

  test('a malformed write is refused, with all that came in the same call', async () => {
    const { store } = kit();
    const good = { stream: newStream(), expected: 'ANY' as const, events: newEvents(1) };
    const append = ([, wrong]: (typeof WRONG)[number]) => store.append([good, { ...good, ...wrong }]);
    expect(await codes(WRONG, append)).toEqual(WRONG.map(([name]) => `${name}: invalidEvent`));
    expect(await store.headPosition()).toBeNull();
  });

  test('an event beyond 1 MB and an append beyond 10,000 events are too large; just within is not', async () => {
    const { store } = kit();
    const stream = newStream();
    const append = (events: readonly NewEvent[]) => store.append([{ stream, expected: 'ANY', events }]);
    await expect(append([newEvent({ data: { text: 'x'.repeat(1_000_000) } })])).rejects.toMatchObject({ code: 'tooLarge' });
    await expect(append(newEvents(10_001))).rejects.toMatchObject({ code: 'tooLarge' });
    await expect(append(Array.from({ length: 40 }, () => newEvent({ data: { text: 'x'.repeat(900_000) } })))).rejects.toMatchObject({ code: 'tooLarge' });
    expect(await store.headPosition()).toBeNull();
    expect(await append([newEvent({ data: { text: 'é'.repeat(499_000) } })])).toMatchObject([{ outcome: 'appended' }]);
  });

  test('a bad append does not hurt those that wait with it', async () => {
    const { store } = kit();
    const appends = Array.from({ length: 20 }, (_, index) => {
      const events = index % 2 === 0 ? newEvents(2) : [newEvent({ data: { n: 1n } })];
      return store.append([{ stream: newStream(), expected: 'ANY', events }]);
    });
    const settled = await Promise.allSettled(appends);
    expect(settled.map((one) => one.status)).toEqual(settled.map((_, index) => (index % 2 === 0 ? 'fulfilled' : 'rejected')));
    expect(await readToEnd(store)).toHaveLength(20);
  });

  test('a closed store says that it is not available', async () => {
    const door = await kit().makeEmptyStore();
    await door.close();
    await door.close();
    await expect(door.append([{ stream: newStream(), expected: 'ANY', events: newEvents(1) }])).rejects.toMatchObject({ code: 'unavailable' });
    await expect(door.readAll(null)).rejects.toMatchObject({ code: 'unavailable' });
  });
};

async function codes<T extends readonly [string, unknown]>(cases: readonly T[], append: (one: T) => Promise<unknown>): Promise<readonly string[]> {
  const found: string[] = [];
  for (const one of cases) {
    const outcome = await append(one).then(() => 'kept', (error: unknown) => (error instanceof EventStoreError ? error.code : String(error))); // prettier-ignore
    found.push(`${one[0]}: ${outcome}`);
  }
  return found;
}
