import type { EventStore, Page, RecordedEvent } from '../port';
import { collect, newEvent, newEvents, newStream, readToEnd, type Topic } from './kit';

export const following: Topic = (kit) => {
  test('a subscription gives what is there and then what comes, from any position', async () => {
    const { store } = kit();
    for (let number = 0; number < 5; number++) await append(store, 2);
    const before = await readToEnd(store);
    const [everything, later] = [collect(store, 20, { limit: 3 }), collect(store, 14, { from: before[5]?.position ?? null })];
    for (let number = 0; number < 5; number++) await append(store, 2);
    const all = await readToEnd(store);
    expect(await everything).toEqual(all);
    expect(await later).toEqual(all.slice(6));
  });

  test('what another door appends is seen soon', async () => {
    const { store, secondDoor } = kit();
    const door = await secondDoor();
    const following = collect(store, 3);
    for (let number = 0; number < 3; number++) await append(door, 1);
    expect(await following).toHaveLength(3);
  });

  test('nothing is missed and nothing doubled while connections are cut and writers go on', async () => {
    const { store, cutConnections, secondDoor } = kit();
    const writer = await secondDoor();
    const following = collect(store, 200, { limit: 7, onPage: async (soFar) => (soFar % 5 === 0 ? cutConnections() : undefined) });
    for (let number = 0; number < 40; number++) {
      await appendUntilKept(writer);
      if (number % 8 === 0) await cutConnections();
    }
    const followed = await following;
    const all = await readToEnd(store);
    expect(all).toHaveLength(200);
    expect(followed.map((event) => event.id)).toEqual(all.map((event) => event.id));
  });

  test('it says once that the end is reached, and waits', async () => {
    const { store } = kit();
    const stop = new AbortController();
    const pages: Page[] = [];
    const done = (async () => {
      for await (const page of store.subscribe(null, { signal: stop.signal })) pages.push(page);
    })();
    await quiet(150);
    expect(pages).toEqual([{ events: [], next: null, atHead: true }]);
    await append(store, 2);
    while (pages.length < 2) await quiet(10);
    await quiet(100);
    expect(pages.slice(1).flatMap((page) => page.events)).toHaveLength(2);
    stop.abort();
    await done;
  });

  test('a filter holds, and the position goes on past what it does not let through', async () => {
    const { store } = kit();
    const stop = new AbortController();
    await append(store, 3);
    const pages: Page[] = [];
    for await (const page of store.subscribe(null, { signal: stop.signal, filter: { types: ['StageEnded'] } })) {
      pages.push(page);
      if (pages.length === 1) await store.append([{ stream: newStream(), expected: 'ANY', events: [newEvent({ type: 'StageEnded' }), newEvent()] }]);
      if (pages.some((one) => one.events.length > 0) && pages.at(-1)?.atHead === true) stop.abort();
    }
    expect(pages[0]).toMatchObject({ events: [], atHead: true });
    expect(pages.flatMap((page) => page.events.map((event) => event.type))).toEqual(['StageEnded']);
    expect(pages.at(-1)?.next).toBe(await store.headPosition());
  });

  test('it ends when it is told to, also while it waits, and before it began', async () => {
    const { store } = kit();
    const stop = new AbortController();
    const ended = drain(store, stop.signal);
    await quiet(50);
    stop.abort();
    expect(await ended).toEqual([]);
    expect(await drain(store, AbortSignal.abort())).toEqual([]);
  });

  test('a slow reader gets pages, not the log', async () => {
    const { store } = kit();
    await append(store, 500);
    const sizes: number[] = [];
    const stop = new AbortController();
    for await (const page of store.subscribe(null, { signal: stop.signal, limit: 50 })) {
      sizes.push(page.events.length);
      if (page.atHead) stop.abort();
    }
    expect(Math.max(...sizes)).toBe(50);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(500);
  });

  test('a position that this store never gave is refused', async () => {
    const { store, makeEmptyStore } = kit();
    await append(store, 3);
    const empty = await makeEmptyStore();
    await expect(collect(empty, 1, { from: await store.headPosition() })).rejects.toMatchObject({ code: 'positionUnknown' });
  });
};

async function append(store: EventStore, count: number): Promise<void> {
  await store.append([{ stream: newStream(), expected: 'NO_STREAM', events: newEvents(count) }]);
}

/** Five events; cut connections may refuse them, and then they are sent again. */
async function appendUntilKept(store: EventStore): Promise<void> {
  const write = { stream: newStream(), expected: 'NO_STREAM' as const, events: newEvents(5) };
  for (;;) {
    try {
      await store.append([write]);
      return;
    } catch (error) {
      expect(error).toMatchObject({ code: 'unavailable' });
    }
  }
}

async function drain(store: EventStore, signal: AbortSignal): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of store.subscribe(null, { signal })) events.push(...page.events);
  return events;
}

function quiet(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
