import { canonicalJson, sha256Hex } from '../canonical';
import { newEvents, newStream, readToEnd, type Topic } from './kit';

export const integrity: Topic = (kit) => {
  test('the hash is SHA-256 over the RFC 8785 text of envelope and body, which the raw read gives', async () => {
    const { store } = kit();
    await store.append([newStream(), newStream()].map((stream) => ({ stream, expected: 'ANY' as const, events: newEvents(3) })));
    const raw = await store.readRaw(null, 100);
    const events = await readToEnd(store);
    expect(raw.map(({ position, stream, revision, hash }) => ({ position, stream, revision, hash }))).toEqual(
      events.map(({ position, stream, revision, hash }) => ({ position, stream, revision, hash })),
    );
    for (const [index, event] of events.entries()) {
      const { data, position: _position, knownTime: _knownTime, hash, ...envelope } = event;
      expect(raw[index]?.canonical).toBe(canonicalJson({ body: data, envelope }));
      expect(hash).toBe(sha256Hex(raw[index]?.canonical ?? ''));
    }
  });

  test('each event of a stream names the hash of the one before, across appends and doors', async () => {
    const { store, secondDoor } = kit();
    const [stream, door] = [newStream(), await secondDoor()];
    for (const one of [store, door, store, door]) await one.append([{ stream, expected: 'ANY', events: newEvents(2) }]);
    const events = await store.readStream(stream);
    expect(events.map((event) => event.previousHash)).toEqual([null, ...events.slice(0, -1).map((event) => event.hash)]);
  });

  test('the raw read is paged', async () => {
    const { store } = kit();
    await store.append([{ stream: newStream(), expected: 'ANY', events: newEvents(5) }]);
    const all = await store.readRaw(null, 100);
    expect([...(await store.readRaw(null, 2)), ...(await store.readRaw(all[1]?.position ?? null, 100))]).toEqual(all);
    expect(await store.readRaw(all[4]?.position ?? null, 100)).toEqual([]);
  });

  test('a changed text no longer follows from its hash', async () => {
    const { store, tamper } = kit();
    const stream = newStream();
    await store.append([{ stream, expected: 'ANY', events: newEvents(3) }]);
    await tamper(stream, 1, (kept) => ({ ...kept, canonical: kept.canonical.replace('"number":1', '"number":8') }));
    await expect(store.readRaw(null, 100)).rejects.toMatchObject({ code: 'brokenChain', message: expect.stringContaining(`Event 1 of ${stream}`) });
    expect(await store.readRaw(null, 1)).toHaveLength(1);
  });

  test('a read of the log checks hashes where it is asked to, whatever the filter and the direction', async () => {
    const { store, tamper } = kit();
    const stream = newStream();
    await store.append([{ stream, expected: 'ANY', events: newEvents(3) }]);
    const asked = [{}, { filter: { categories: ['placement'] } }, { filter: { types: [newEvents(1)[0]?.type ?? ''] } }, { direction: 'backward' as const }];
    for (const options of asked) expect((await store.readAll(null, { ...options, verify: true })).events).toHaveLength(3);
    await tamper(stream, 1, (kept) => ({ ...kept, canonical: kept.canonical.replace('"number":1', '"number":8') }));
    for (const options of asked) await expect(store.readAll(null, { ...options, verify: true })).rejects.toMatchObject({ code: 'brokenChain' });
  });

  test('a changed event with a hash to match breaks the one after it, also where a page begins there', async () => {
    const { store, tamper } = kit();
    const stream = newStream();
    await store.append([{ stream, expected: 'ANY', events: newEvents(3) }]);
    const [first, second] = await store.readRaw(null, 2);
    await tamper(stream, 1, (kept) => {
      const canonical = kept.canonical.replace('"number":1', '"number":8');
      return { canonical, hash: sha256Hex(canonical) };
    });
    await expect(store.readRaw(null, 100)).rejects.toMatchObject({ code: 'brokenChain', message: expect.stringContaining(`Event 2 of ${stream}`) });
    await expect(store.readRaw(second?.position ?? null, 100)).rejects.toMatchObject({ code: 'brokenChain' });
    expect(await store.readRaw(first?.position ?? null, 1)).toHaveLength(1);
  });
};
