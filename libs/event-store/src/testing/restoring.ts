import { createMemoryEventStore } from '../memory-store';
import type { EventStore, RawEvent, RecordedEvent } from '../port';
import { prepareEvent, seal } from '../sealing';
import { newEvent, newEvents, newStream, rawBatches, rawWithoutClock, readToEnd, type Topic } from './kit';

export const restoring: Topic = (kit) => {
  test('a raw read restored into an empty store of any kind reads the same', async () => {
    const { store, makeEmptyStore } = kit();
    await fill(store);
    const [inMemory, fresh] = [createMemoryEventStore(), await makeEmptyStore()];
    expect(await inMemory.restore(rawBatches(store, 3), { run: 'copy' })).toEqual({ restored: 24 });
    expect(await fresh.restore(rawBatches(inMemory, 7), { run: 'copy' })).toEqual({ restored: 24 });
    for (const copy of [inMemory, fresh]) {
      expect((await readToEnd(copy)).map(withoutPosition)).toEqual((await readToEnd(store)).map(withoutPosition));
      expect((await copy.readRaw(null, 100)).map((event) => event.canonical)).toEqual((await store.readRaw(null, 100)).map((event) => event.canonical));
    }
  });

  test('the restored log goes on: ids are known, the chain follows, times go forward', async () => {
    const { store, makeEmptyStore } = kit();
    const [stream, event] = [newStream(), newEvent()];
    await store.append([{ stream, expected: 'ANY', events: [event] }]);
    const copy = await makeEmptyStore();
    await copy.restore(rawBatches(store), { run: 'copy' });
    expect(await copy.append([{ stream, expected: 'ANY', events: [event] }])).toMatchObject([{ outcome: 'alreadyThere' }]);
    expect(await copy.append([{ stream, expected: 0, events: newEvents(1) }])).toMatchObject([{ outcome: 'appended', revision: 1 }]);
    const [first, second] = await copy.readStream(stream);
    expect(second?.previousHash).toBe(first?.hash);
    expect((second?.recordedAt ?? '') > (first?.recordedAt ?? '')).toBe(true);
    expect(await rawWithoutClock(copy)).toHaveLength(2);
  });

  test('what another store wrote for itself is carried and shown to nobody; of its own accord nobody writes there', async () => {
    const { makeEmptyStore } = kit();
    const copy = await makeEmptyStore();
    const day = (number: number): string => `2021-01-0${number}T00:00:00.000000Z`;
    const shown = logRecordedAt([day(1), day(3)]);
    const hidden = logRecordedAt([day(2), day(4)], 'clock-term');
    const raw = [shown[0], hidden[0], shown[1], hidden[1]].flatMap((event) => event ?? []);
    await copy.restore(batches([raw]), { run: 'copy' });
    expect((await copy.readRaw(null, 10)).map((event) => event.canonical)).toEqual(raw.map((event) => event.canonical));
    for (const direction of ['forward', 'backward'] as const) for (const limit of [1, 2, 10]) expect(await readToEnd(copy, { limit, direction })).toHaveLength(2);
    expect((await readToEnd(copy, { filter: { types: ['HoursChanged'] } })).map((event) => event.hash)).toEqual(shown.map((event) => event.hash));
    expect(await readToEnd(copy, { filter: { categories: ['clock'] } })).toEqual([]);
    expect(await copy.headPosition()).toBe((await readToEnd(copy)).at(-1)?.position);
    expect([await copy.readStream('clock-term'), await copy.streamsOf('clock', null, 10), [...(await copy.readStreams(['clock-term'])).keys()]]).toEqual([[], [], []]);
    await expect(copy.append([{ stream: 'clock-term', expected: 'ANY', events: newEvents(1) }])).rejects.toMatchObject({ code: 'invalidEvent' });
  });

  test('a restore that broke off goes on where it was, and nothing else may come between', async () => {
    const { store, makeEmptyStore } = kit();
    await fill(store);
    const copy = await makeEmptyStore();
    await expect(copy.restore(brokenOff(store, 2), { run: 'copy' })).rejects.toThrow('torn');
    await expect(copy.append([{ stream: newStream(), expected: 'ANY', events: newEvents(1) }])).rejects.toMatchObject({ code: 'restoreInProgress' });
    await expect(copy.restore(rawBatches(store), { run: 'another' })).rejects.toMatchObject({ code: 'restoreInProgress' });
    await expect(copy.beginAsReported('run')).rejects.toMatchObject({ code: 'storeNotEmpty' });
    expect(await copy.restore(rawBatches(store, 4), { run: 'copy' })).toEqual({ restored: 24 - 10 });
    expect((await readToEnd(copy)).map(withoutPosition)).toEqual((await readToEnd(store)).map(withoutPosition));
    await expect(copy.restore(rawBatches(store), { run: 'copy' })).rejects.toMatchObject({ code: 'storeNotEmpty' });
  });

  test('another log does not go on with it', async () => {
    const { store, makeEmptyStore } = kit();
    await fill(store);
    const [copy, other] = [await makeEmptyStore(), createMemoryEventStore()];
    await fill(other);
    await expect(copy.restore(brokenOff(store, 2), { run: 'copy' })).rejects.toThrow('torn');
    await expect(copy.restore(rawBatches(other), { run: 'copy' })).rejects.toMatchObject({ code: 'storeNotEmpty' });
    await expect(copy.restore(batches([await store.readRaw(null, 3)]), { run: 'copy' })).rejects.toMatchObject({ code: 'storeNotEmpty' });
    expect(await readToEnd(copy)).toHaveLength(10);
  });

  test('a store that holds anything refuses', async () => {
    const { store, makeEmptyStore } = kit();
    await fill(store);
    const other = await makeEmptyStore();
    await other.append([{ stream: newStream(), expected: 'ANY', events: newEvents(1) }]);
    await expect(other.restore(rawBatches(store), { run: 'copy' })).rejects.toMatchObject({ code: 'storeNotEmpty' });
  });

  test('a log with a broken hash, a hole or a forged link is not restored', async () => {
    const { store, makeEmptyStore } = kit();
    await fill(store);
    const raw = await store.readRaw(null, 100);
    const hole = raw.findIndex((event) => event.revision === 1);
    const wrong: readonly (readonly RawEvent[])[] = [
      raw.map((event, index) => (index === 4 ? { ...event, canonical: event.canonical.replace('hr-system', 'somebody') } : event)),
      raw.filter((_, index) => index !== hole),
      raw.map((event, index) => (index === 4 ? { ...event, stream: newStream() } : event)),
      raw.map((event, index) => (index === 4 ? { ...event, revision: event.revision + 1 } : event)),
    ];
    for (const events of wrong) {
      const copy = await makeEmptyStore();
      await expect(copy.restore(batches([events]), { run: 'copy' })).rejects.toMatchObject({ code: 'brokenChain' });
      expect(await copy.headPosition()).toBeNull();
    }
  });

  test('where recordedAt goes back the known time is the highest so far, outside hash and log', async () => {
    const { makeEmptyStore } = kit();
    const copy = await makeEmptyStore();
    const times = ['2021-01-01', '2021-03-01', '2021-02-01', '2021-02-15', '2021-03-01', '2021-04-01'].map((day) => `${day}T00:00:00.000000Z`);
    const raw = logRecordedAt(times);
    await copy.restore(batches([raw.slice(0, 3), raw.slice(3)]), { run: 'copy' });
    const events = await readToEnd(copy);
    expect(events.map((event) => event.recordedAt)).toEqual(times);
    expect(events.map((event) => event.knownTime.slice(0, 10))).toEqual(['2021-01-01', '2021-03-01', '2021-03-01', '2021-03-01', '2021-03-01', '2021-04-01']);
    expect((await copy.readRaw(null, 100)).map((event) => event.hash)).toEqual(raw.map((event) => event.hash));
    const [result] = await copy.append([{ stream: newStream(), expected: 'ANY', events: newEvents(1) }]);
    expect(result).toMatchObject({ outcome: 'appended' });
    expect((await readToEnd(copy)).at(-1)?.knownTime).toBe((await readToEnd(copy)).at(-1)?.recordedAt);
  });
};

/** Eight streams of three events, interleaved. */
async function fill(store: EventStore): Promise<void> {
  const streams = Array.from({ length: 8 }, () => newStream());
  for (let round = 0; round < 3; round++) for (const stream of streams) await store.append([{ stream, expected: round - 1, events: newEvents(1) }]);
}

async function* brokenOff(store: EventStore, afterBatches: number): AsyncGenerator<readonly RawEvent[]> {
  for await (const batch of rawBatches(store, 5)) {
    if (afterBatches-- === 0) throw new Error('torn');
    yield batch;
  }
}

async function* batches(all: readonly (readonly RawEvent[])[]): AsyncGenerator<readonly RawEvent[]> {
  yield* all;
}

/** A log as a store with several writers' clocks would keep it. */
function logRecordedAt(times: readonly string[], stream = newStream()): readonly RawEvent[] {
  let previousHash: string | null = null;
  return times.map((recordedAt, revision) => {
    const { canonical, hash } = seal(prepareEvent(stream, newEvent()), { revision, recordedAt, asReported: false, previousHash });
    previousHash = hash;
    return { position: '', stream, revision, hash, canonical };
  });
}

function withoutPosition({ position: _position, ...event }: RecordedEvent): Omit<RecordedEvent, 'position'> {
  return event;
}
