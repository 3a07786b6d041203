import { BEGINNING_OF_TIME } from '../instants';
import type { EventStore } from '../port';
import { newEvents, newStream, readToEnd, type Topic } from './kit';

export const telling: Topic = (kit) => {
  test('recordedAt is the moment of the append, goes forward from append to append, and is the known time', async () => {
    const { store, secondDoor } = kit();
    const door = await secondDoor();
    const before = new Date(Date.now() - 60_000).toISOString();
    const told: string[] = [];
    for (let number = 0; number < 10; number++) told.push(await append(number % 2 === 0 ? store : door));
    expect(told).toEqual([...new Set(told)].sort());
    expect((told[0] ?? '') > before && (told[9] ?? '') < new Date(Date.now() + 60_000).toISOString()).toBe(true);
    const events = await readToEnd(store);
    expect(events.map((event) => event.recordedAt)).toEqual(told);
    expect(events.map((event) => event.knownTime)).toEqual(told);
  });

  test('nothing is recorded at or before what was said to be settled', async () => {
    const { store, secondDoor } = kit();
    const door = await secondDoor();
    await append(store);
    for (let number = 0; number < 10; number++) {
      const settled = await (number % 3 === 0 ? door : store).settledThrough();
      expect((await append(number % 2 === 0 ? store : door)) > settled).toBe(true);
    }
    const last = await append(store);
    expect((await store.settledThrough()) >= last).toBe(true);
  });

  test('settled and recorded interleave without breaking the promise', async () => {
    const { store, secondDoor } = kit();
    const doors = [store, await secondDoor()];
    await append(store);
    const pairs = Array.from({ length: 30 }, async (_, number) => {
      const settled = await (doors[number % 2] ?? store).settledThrough();
      return { settled, recordedAt: await append(doors[(number >> 1) % 2] ?? store) };
    });
    for (const { settled, recordedAt } of await Promise.all(pairs)) expect(recordedAt > settled).toBe(true);
    const times = (await readToEnd(store)).map((event) => event.recordedAt);
    expect(times).toEqual([...times].sort());
  });

  test('a clock that was set back takes no time back', async () => {
    const { store, setClockBack } = kit();
    const first = await append(store);
    // So that what is settled lies well beyond what is recorded.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const settled = await store.settledThrough();
    await setClockBack();
    const second = await append(store);
    expect(second > first && second > settled).toBe(true);
    const settledLater = await store.settledThrough();
    expect(settledLater >= second).toBe(true);
    const third = await append(store);
    expect(third > settledLater).toBe(true);
    const events = await readToEnd(store);
    expect(events.map((event) => event.knownTime)).toEqual([first, second, third]);
  });

  test('while the log is empty nothing is promised, so that the past can still be recorded', async () => {
    const { store } = kit();
    expect(await store.settledThrough()).toBe(BEGINNING_OF_TIME);
    expect(await store.beginAsReported('run')).toBe('begun');
  });
};

async function append(store: EventStore): Promise<string> {
  const [result] = await store.append([{ stream: newStream(), expected: 'NO_STREAM', events: newEvents(1) }]);
  if (result?.outcome !== 'appended') throw new Error('not appended');
  return result.events[0]?.recordedAt ?? '';
}
