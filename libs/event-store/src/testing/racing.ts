import { EventStoreError, type EventStore, type NewEvent, type StreamResult } from '../port';
import { newEvent, newEvents, newStream, rawWithoutClock, readToEnd, type Topic } from './kit';

const WRITERS = 50;

export const racing: Topic = (kit) => {
  test('of 50 writers on one stream exactly one wins each revision, and the chain never forks', async () => {
    const stream = newStream();
    const doors = [kit().store, await kit().secondDoor()];
    for (let expected = -1; expected < 9; expected++) {
      const appends = Array.from({ length: WRITERS }, (_, writer) => doorOf(doors, writer).append([{ stream, expected, events: newEvents(1) }]));
      const results = (await Promise.all(appends)).flat();
      expect(results.filter((result) => result.outcome === 'appended')).toMatchObject([{ revision: expected + 1 }]);
      expect(results.filter((result) => result.outcome === 'conflict')).toHaveLength(WRITERS - 1);
    }
    const raw = await rawWithoutClock(kit().store);
    expect(raw.map((event) => event.revision)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const events = await kit().store.readStream(stream);
    expect(events.map((event) => event.previousHash)).toEqual([null, ...raw.slice(0, -1).map((event) => event.hash)]);
  });

  test('50 writers that expect nothing all get in, each at a place of its own', async () => {
    const stream = newStream();
    const doors = [kit().store, await kit().secondDoor()];
    const appends = Array.from({ length: WRITERS }, (_, writer) => doorOf(doors, writer).append([{ stream, expected: 'ANY', events: newEvents(2) }]));
    const revisions = (await Promise.all(appends)).flat().flatMap((result) => (result.outcome === 'appended' ? result.events.map((event) => event.revision) : []));
    expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: 2 * WRITERS }, (_, revision) => revision));
    expect(await rawWithoutClock(kit().store)).toHaveLength(2 * WRITERS);
  });

  test('of many who create a stream together one does', async () => {
    const stream = newStream('link');
    const doors = [kit().store, await kit().secondDoor()];
    const results = (await Promise.all(Array.from({ length: 20 }, (_, writer) => doorOf(doors, writer).append([{ stream, expected: 'NO_STREAM', events: newEvents(1) }])))).flat();
    expect(results.filter((result) => result.outcome === 'appended')).toHaveLength(1);
    expect(results.filter((result) => result.outcome === 'conflict')).toHaveLength(19);
  });

  test('one delivery sent through two doors at once is kept once', async () => {
    const doors = [kit().store, await kit().secondDoor()];
    const writes = Array.from({ length: 20 }, () => ({ stream: newStream(), expected: 'ANY' as const, events: [newEvent()] }));
    const sent = await Promise.all(doors.flatMap((door) => writes.map((write) => door.append([write]))));
    const outcomes = sent.flat().map((result) => result.outcome);
    expect(outcomes.filter((outcome) => outcome === 'appended')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === 'alreadyThere')).toHaveLength(20);
    expect(await readToEnd(doorOf(doors, 0))).toHaveLength(20);
  });

  test('connections cut in the middle of appends: each is kept once or refused with a code, never doubled, and says appended once', async () => {
    const { store, cutConnections } = kit();
    const stop = { now: false };
    const cutting = (async () => {
      while (!stop.now) {
        await cutConnections();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const streams = Array.from({ length: 8 }, () => newStream());
    const told = await Promise.all(streams.map((stream) => appendStubbornly(store, stream, 25)));
    stop.now = true;
    await cutting;
    for (const [index, stream] of streams.entries()) {
      const kept = (await store.readStream(stream)).map((event) => event.id);
      expect(kept).toEqual(told[index]?.ids);
      expect(told[index]?.appended).toBe(true);
    }
    expect(await rawWithoutClock(store)).toHaveLength(8 * 25);
  });
};

/** One event after the other, each sent until the store says it is there. */
async function appendStubbornly(store: EventStore, stream: string, count: number): Promise<{ readonly ids: readonly string[]; readonly appended: boolean }> {
  const ids: string[] = [];
  let appended = true;
  for (let revision = -1; revision < count - 1; revision++) {
    const event = newEvent();
    ids.push(event.id);
    let refusals = 0;
    let result = await appendOnce(store, stream, revision, event);
    for (; result === null; result = await appendOnce(store, stream, revision, event)) refusals++;
    // Without a refusal in between, what a cut left in doubt must still be told as this append's own work.
    appended &&= result?.outcome === 'appended' || (refusals > 0 && result?.outcome === 'alreadyThere');
  }
  return { ids, appended };
}

async function appendOnce(store: EventStore, stream: string, expected: number, event: NewEvent): Promise<StreamResult | undefined | null> {
  try {
    return (await store.append([{ stream, expected, events: [event] }]))[0];
  } catch (error) {
    if (error instanceof EventStoreError && error.code === 'unavailable') return null;
    throw error;
  }
}

function doorOf(doors: readonly EventStore[], writer: number): EventStore {
  const door = doors[writer % doors.length];
  if (door === undefined) throw new Error('no door');
  return door;
}
