import type { EventFilter } from '../port';
import { newEvent, newEvents, newStream, readToEnd, type Topic } from './kit';

export const reading: Topic = (kit, makeKit) => {
  test('a stream is read forward and backward, from a revision, up to a limit', async () => {
    const { store } = kit();
    const stream = newStream();
    await store.append([{ stream, expected: 'ANY', events: newEvents(5) }, { stream: newStream(), expected: 'ANY', events: newEvents(2) }]); // prettier-ignore
    const revisions = async (options?: Parameters<typeof store.readStream>[1]) => (await store.readStream(stream, options)).map((event) => event.revision);
    expect(await revisions()).toEqual([0, 1, 2, 3, 4]);
    expect(await revisions({ fromRevision: 3 })).toEqual([3, 4]);
    expect(await revisions({ fromRevision: 1, limit: 2 })).toEqual([1, 2]);
    expect(await revisions({ fromRevision: 9 })).toEqual([]);
    expect(await revisions({ direction: 'backward', limit: 2 })).toEqual([4, 3]);
    expect(await revisions({ direction: 'backward', fromRevision: 1 })).toEqual([1, 0]);
    expect(await store.readStream(newStream())).toEqual([]);
  });

  test('many streams are read at once; one that does not exist is absent', async () => {
    const { store } = kit();
    const [a, b, none] = [newStream(), newStream('link'), newStream()];
    await store.append([a, b, a].map((stream) => ({ stream, expected: 'ANY' as const, events: newEvents(2) })));
    const found = await store.readStreams([a, none, b, a]);
    expect([...found.keys()].sort()).toEqual([a, b].sort());
    expect(found.get(a)).toEqual(await store.readStream(a));
    expect(found.get(b)).toEqual(await store.readStream(b));
    expect(await store.readStreams([])).toEqual(new Map());
  });

  test('the streams of a category are named once each, in order, in pages', async () => {
    const { store } = kit();
    expect(await store.streamsOf('placement', null, 10)).toEqual([]);
    const names = Array.from({ length: 7 }, () => newStream());
    for (const stream of [...names, newStream('link'), newStream('placementlike'), newStream('candidate')]) await store.append([{ stream, expected: 'ANY', events: newEvents(2) }]); // prettier-ignore
    const inOrder = [...names].sort();
    expect(await store.streamsOf('placement', null, 10)).toEqual(inOrder);
    expect(await store.streamsOf('placement', null, 3)).toEqual(inOrder.slice(0, 3));
    expect(await store.streamsOf('placement', inOrder[2] ?? '', 3)).toEqual(inOrder.slice(3, 6));
    expect(await store.streamsOf('placement', inOrder[6] ?? '', 3)).toEqual([]);
    expect(await store.streamsOf('employer', null, 10)).toEqual([]);
  });

  test('an event comes back whole, whatever its text holds', async () => {
    const { store } = kit();
    const stream = newStream();
    const data = { text: 'line\nbreak \t "quoted" \\ back \u0000 nul \u2028 é 😀', '': 0, ' key "\\': [null, true, 1.5e-7, -0, { deep: {} }], n: 12345678901234567 };
    const event = newEvent({ data });
    await store.append([{ stream, expected: 'ANY', events: [event] }]);
    const [kept] = await store.readStream(stream);
    expect(kept).toEqual({
      ...event.meta,
      id: event.id,
      type: event.type,
      schemaVersion: 1,
      stream,
      revision: 0,
      recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      knownTime: kept?.recordedAt,
      asReported: false,
      previousHash: null,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      position: await store.headPosition(),
      data: { ...data, ' key "\\': [null, true, 1.5e-7, 0, { deep: {} }] },
    });
  });

  test('what a reader does to an event it read changes nothing', async () => {
    const { store } = kit();
    const [stream, data] = [newStream(), { list: [1] }];
    await store.append([{ stream, expected: 'ANY', events: [newEvent({ data })] }]);
    data.list.push(2);
    const read = (await store.readStream(stream))[0]?.data;
    Object.assign(read ?? {}, { list: 'gone' });
    expect((await store.readStream(stream))[0]?.data).toEqual({ list: [1] });
  });

  test('the log is read in pages in both directions, each event once', async () => {
    const { store } = kit();
    expect(await store.readAll(null)).toEqual({ events: [], next: null, atHead: true });
    for (let number = 0; number < 7; number++) await store.append([{ stream: newStream(), expected: 'ANY', events: newEvents(3) }]);
    const all = await readToEnd(store);
    expect(all).toHaveLength(21);
    expect(all.map((event) => event.position)).toEqual([...all.map((event) => event.position)].sort((a, b) => store.comparePositions(a, b)));
    for (const limit of [1, 4, 7, 21, 50]) {
      expect(await readToEnd(store, { limit })).toEqual(all);
      expect(await readToEnd(store, { limit, direction: 'backward' })).toEqual([...all].reverse());
    }
    expect(await readToEnd(store, { limit: 2 }, all[9]?.position ?? null)).toEqual(all.slice(10));
    expect(await readToEnd(store, { limit: 2, direction: 'backward' }, all[3]?.position ?? null)).toEqual(all.slice(0, 3).reverse());
    expect(await store.readAll(await store.headPosition())).toEqual({ events: [], next: null, atHead: true });
  });

  test('a filter lets through categories, types, or both, and pages go on past what it does not', async () => {
    const { store } = kit();
    for (let number = 0; number < 12; number++) {
      const stream = newStream(['placement', 'link', 'candidate'][number % 3]);
      await store.append([{ stream, expected: 'ANY', events: [newEvent({ type: number % 2 === 0 ? 'HoursChanged' : 'StageEnded' }), newEvent({ type: 'BuddyEnded' })] }]);
    }
    const all = await readToEnd(store);
    const filters: readonly EventFilter[] = [{}, { categories: ['link'] }, { categories: ['link', 'candidate'] }, { types: ['BuddyEnded'] }, { categories: ['placement'], types: ['StageEnded'] }, { types: [] }];
    for (const filter of filters) {
      const wanted = all.filter((event) => (filter.categories?.some((category) => event.stream.startsWith(`${category}-`)) ?? true) && (filter.types?.includes(event.type) ?? true));
      expect(await readToEnd(store, { filter, limit: 2 })).toEqual(wanted);
      expect(await readToEnd(store, { filter, limit: 2, direction: 'backward' })).toEqual([...wanted].reverse());
    }
    // Nothing passes, yet the page says how far it looked.
    expect(await store.readAll(null, { filter: { types: ['NoSuchType'] } })).toEqual({ events: [], next: await store.headPosition(), atHead: true });
  });

  test('a position that this store never gave is refused', async () => {
    const { store, makeEmptyStore } = kit();
    await store.append([{ stream: newStream(), expected: 'ANY', events: newEvents(3) }]);
    const beyond = (await store.headPosition()) ?? '';
    const empty = await makeEmptyStore();
    for (const from of ['', '0', 'x', 'p', 'p0', 'p-1', 'p1.5', 'm0', 'e', 'e1', 'e1/', `${beyond}1`]) {
      await expect(store.readAll(from)).rejects.toMatchObject({ code: 'positionUnknown' });
      await expect(store.readAll(from, { filter: { types: ['HoursChanged'] } })).rejects.toMatchObject({ code: 'positionUnknown' });
      await expect(store.readRaw(from, 10)).rejects.toMatchObject({ code: 'positionUnknown' });
    }
    await expect(empty.readAll(beyond)).rejects.toMatchObject({ code: 'positionUnknown' });
  });

  test('an old schema version is upcast step by step on read, and the raw text is as it was', async () => {
    const upcasters = { HoursChanged: { 1: (data: object) => ({ ...data, hours: 1 }), 2: (data: object) => ({ ...data, unit: 'week' }) } };
    const { store, dispose } = await makeKit({ upcasters });
    const [stream, old, newer, other] = [newStream(), newEvent({ data: { a: 1 } }), newEvent({ data: { b: 1 }, schemaVersion: 2 }), newEvent({ type: 'StageEnded', data: { c: 1 } })];
    await store.append([{ stream, expected: 'ANY', events: [old, newer, other] }]);
    const read = [await store.readStream(stream), (await store.readAll(null)).events, (await store.readStreams([stream])).get(stream) ?? []];
    for (const events of read) {
      expect(events.map((event) => [event.schemaVersion, event.data])).toEqual([
        [3, { a: 1, hours: 1, unit: 'week' }],
        [3, { b: 1, unit: 'week' }],
        [1, { c: 1 }],
      ]);
    }
    const raw = await store.readRaw(null, 10);
    expect(raw.map((event) => JSON.parse(event.canonical).body)).toEqual([{ a: 1 }, { b: 1 }, { c: 1 }]);
    expect(raw.map((event) => JSON.parse(event.canonical).envelope.schemaVersion)).toEqual([1, 2, 1]);
    await dispose();
  });
};
