import { EventStoreError, type EventStore, type StreamResult } from '../port';
import { newEvent, newEvents, newStream, readToEnd, type EventStoreKit, type MakeKit } from './kit';

/** Holds an adapter to the port: every adapter runs this suite, whole. */
export function eventStoreConformance(name: string, makeKit: MakeKit): void {
  describe(`${name} keeps the promises of the event store port:`, () => {
    let kit: EventStoreKit;
    let store: EventStore;
    beforeEach(async () => {
      kit = await makeKit();
      store = kit.store;
    });
    afterEach(() => kit.dispose());

    test('smoke', async () => {
      const stream = newStream();
      const results = await store.append([{ stream, expected: 'NO_STREAM', events: newEvents(3) }, { stream: newStream(), expected: 'ANY', events: [newEvent()] }]);
      expect(results.map((r: StreamResult) => r.outcome)).toEqual(['appended', 'appended']);
      expect((await readToEnd(store)).map((e) => e.revision)).toEqual([0, 1, 2, 0]);
      expect(await store.readRaw(null, 10)).toHaveLength(4);
      await expect(store.append([{ stream: 'x', expected: 'ANY', events: [newEvent()] }])).rejects.toBeInstanceOf(EventStoreError);
    });
  });
}
