import { NO_EVENTS, type Expected, type StreamResult } from '../port';
import { newEvent, newEvents, newStream, readToEnd, type Topic } from './kit';

const KEEPS_ANYTHING: Expected = 'ANY';
const outcomes = (results: readonly StreamResult[]) => results.map((result) => result.outcome);

export const appending: Topic = (kit) => {
  test('NO_STREAM means that it never existed', async () => {
    const { store } = kit();
    const stream = newStream();
    const [first] = await store.append([{ stream, expected: 'NO_STREAM', events: newEvents(2) }]);
    expect(first).toMatchObject({ outcome: 'appended', revision: 1 });
    expect(await store.append([{ stream, expected: 'NO_STREAM', events: newEvents(1) }])).toEqual([{ outcome: 'conflict', actual: 1 }]);
  });

  test('EXISTS means that it has an event', async () => {
    const { store } = kit();
    const stream = newStream();
    expect(await store.append([{ stream, expected: 'EXISTS', events: newEvents(1) }])).toEqual([{ outcome: 'conflict', actual: NO_EVENTS }]);
    await store.append([{ stream, expected: 'ANY', events: newEvents(1) }]);
    expect(await store.append([{ stream, expected: 'EXISTS', events: newEvents(1) }])).toMatchObject([{ outcome: 'appended', revision: 1 }]);
  });

  test('a revision means that the last event has it', async () => {
    const { store } = kit();
    const stream = newStream();
    expect(await store.append([{ stream, expected: 0, events: newEvents(1) }])).toEqual([{ outcome: 'conflict', actual: NO_EVENTS }]);
    expect(await store.append([{ stream, expected: NO_EVENTS, events: newEvents(2) }])).toMatchObject([{ outcome: 'appended', revision: 1 }]);
    for (const expected of [NO_EVENTS, 0, 2]) expect(await store.append([{ stream, expected, events: newEvents(1) }])).toEqual([{ outcome: 'conflict', actual: 1 }]);
    expect(await store.append([{ stream, expected: 1, events: newEvents(1) }])).toMatchObject([{ outcome: 'appended', revision: 2 }]);
    expect(await readToEnd(store)).toHaveLength(3);
  });

  test('a result tells where each event stands', async () => {
    const { store } = kit();
    const stream = newStream();
    const events = newEvents(3);
    const [result] = await store.append([{ stream, expected: 'ANY', events }]);
    const kept = await store.readStream(stream);
    expect(result).toEqual({
      outcome: 'appended',
      events: kept.map(({ id, revision, recordedAt }) => ({ id, revision, recordedAt, existing: false })),
      revision: 2,
      position: kept[2]?.position,
    });
    expect(kept.map((event) => event.id)).toEqual(events.map((event) => event.id));
    expect(await store.headPosition()).toBe(kept[2]?.position);
  });

  test.each<Expected>(['NO_STREAM', 'EXISTS', 'ANY', 0, 7])('the same events again, expecting %s: the first result, and nothing appended', async (expected) => {
    const { store } = kit();
    const write = { stream: newStream(), expected: 'NO_STREAM' as const, events: newEvents(2) };
    const [first] = await store.append([write]);
    const later = await store.append([{ stream: write.stream, expected: 1, events: newEvents(1) }]);
    const [again] = await store.append([{ ...write, expected }]);
    if (first?.outcome !== 'appended') throw new Error('The first append did not append.');
    expect(again).toEqual({ ...first, outcome: 'alreadyThere', revision: 2, events: first.events.map((event) => ({ ...event, existing: true })) });
    expect(outcomes(later)).toEqual(['appended']);
    expect(await readToEnd(store)).toHaveLength(3);
  });

  test('where some are there, the others are appended if the expectation holds', async () => {
    const { store } = kit();
    const stream = newStream();
    const [old, fresh] = [newEvent(), newEvent()];
    await store.append([{ stream, expected: 'NO_STREAM', events: [old] }]);
    expect(await store.append([{ stream, expected: 'NO_STREAM', events: [old, fresh] }])).toEqual([{ outcome: 'conflict', actual: 0 }]);
    const [result] = await store.append([{ stream, expected: 0, events: [fresh, old] }]);
    expect(result).toMatchObject({ outcome: 'appended', revision: 1, events: [{ id: fresh.id, revision: 1, existing: false }, { id: old.id, revision: 0, existing: true }] }); // prettier-ignore
    expect(result).toMatchObject({ position: await store.headPosition() });
  });

  test('the same id with another digest is an error, and nothing of its write is kept', async () => {
    const { store } = kit();
    const stream = newStream();
    const [first, other] = [newEvent(), newStream()];
    await store.append([{ stream, expected: 'ANY', events: [first] }]);
    const results = await store.append([
      { stream, expected: 'ANY', events: [newEvent(), newEvent({ id: first.id, digest: 'other content' })] },
      { stream: other, expected: 'ANY', events: newEvents(1) },
    ]);
    expect(results).toMatchObject([{ outcome: 'idReusedWithOtherContent', eventId: first.id }, { outcome: 'appended' }]);
    expect(await store.readStream(stream)).toHaveLength(1);
  });

  test('an id is unique within its stream, not beyond it', async () => {
    const { store } = kit();
    const event = newEvent();
    const writes = [newStream(), newStream()].map((stream) => ({ stream, expected: KEEPS_ANYTHING, events: [event] }));
    expect(outcomes(await store.append(writes))).toEqual(['appended', 'appended']);
  });

  test('one id twice in one write is one event, or an error where the digests differ', async () => {
    const { store } = kit();
    const [one, stream] = [newEvent(), newStream()];
    const [twice] = await store.append([{ stream, expected: 'ANY', events: [one, one] }]);
    expect(twice).toMatchObject({ outcome: 'appended', revision: 0, events: [{ existing: false }, { existing: true }] });
    const other = newEvent();
    const [differing] = await store.append([{ stream, expected: 'ANY', events: [other, { ...other, meta: { ...other.meta, messageDigest: 'else' } }] }]);
    expect(differing).toEqual({ outcome: 'idReusedWithOtherContent', eventId: other.id });
    expect(await store.readStream(stream)).toHaveLength(1);
  });

  test('many streams in one call: each is kept or refused whole, with a result of its own', async () => {
    const { store } = kit();
    const [a, b, c] = [newStream(), newStream('link'), newStream()];
    await store.append([{ stream: b, expected: 'NO_STREAM', events: newEvents(1) }]);
    const results = await store.append([
      { stream: a, expected: 'NO_STREAM', events: newEvents(2) },
      { stream: b, expected: 'NO_STREAM', events: newEvents(3) },
      { stream: c, expected: 'ANY', events: newEvents(1) },
    ]);
    expect(outcomes(results)).toEqual(['appended', 'conflict', 'appended']);
    const streams = await store.readStreams([a, b, c]);
    expect([a, b, c].map((stream) => streams.get(stream)?.length)).toEqual([2, 1, 1]);
  });

  test('several writes to one stream in one call follow each other', async () => {
    const { store } = kit();
    const [stream, repeated] = [newStream(), newEvent()];
    const results = await store.append([
      { stream, expected: 'NO_STREAM', events: [repeated] },
      { stream, expected: 0, events: newEvents(2) },
      { stream, expected: 0, events: newEvents(1) },
      { stream, expected: 'NO_STREAM', events: [repeated] },
      { stream, expected: 2, events: newEvents(1) },
    ]);
    expect(outcomes(results)).toEqual(['appended', 'appended', 'conflict', 'alreadyThere', 'appended']);
    expect((await store.readStream(stream)).map((event) => event.revision)).toEqual([0, 1, 2, 3]);
  });

  test('an append of nothing answers nothing', async () => {
    expect(await kit().store.append([])).toEqual([]);
    expect(await kit().store.headPosition()).toBeNull();
  });
};
