import type { EventStore, NewEvent, StreamResult } from '../port';
import { newEvent, newEvents, newStream, rawBatches, rawWithoutClock, readToEnd, type Topic } from './kit';

const RUN = 'file:0c5e';
const at = (day: string): string => `${day}T09:00:00.000000Z`;

export const runsAsReported: Topic = (kit) => {
  test('its events are recorded at the time they were reported, and say so', async () => {
    const { store } = kit();
    expect(await store.beginAsReported(RUN)).toBe('begun');
    const stream = newStream();
    await reported(store, stream, '2019-05-01');
    await reported(store, stream, '2019-05-01');
    await reported(store, stream, '2021-02-03');
    const events = await readToEnd(store);
    expect(events.map((event) => event.recordedAt)).toEqual([at('2019-05-01'), at('2019-05-01'), at('2021-02-03')]);
    expect(events.every((event) => event.asReported && event.knownTime === event.recordedAt)).toBe(true);
    expect(await rawWithoutClock(store)).toHaveLength(3);
  });

  test('while it lasts every other append is refused, through every door', async () => {
    const { store, secondDoor } = kit();
    const door = await secondDoor();
    await store.beginAsReported(RUN);
    const write = { stream: newStream(), expected: 'ANY' as const, events: newEvents(1) };
    for (const one of [store, door]) await expect(one.append([write])).rejects.toMatchObject({ code: 'asReportedRunInProgress' });
    await expect(door.append([write], { asReported: { run: 'file:other' } })).rejects.toMatchObject({ code: 'asReportedRunNotOpen' });
    await expect(door.beginAsReported('file:other')).rejects.toMatchObject({ code: 'asReportedRunInProgress' });
    await expect(door.restore(rawBatches(store), { run: 'copy' })).rejects.toMatchObject({ code: 'storeNotEmpty' });
    expect(await store.headPosition()).toBeNull();
    await store.endAsReported(RUN, 'finished');
    expect(await door.append([write])).toMatchObject([{ outcome: 'appended' }]);
    expect((await readToEnd(store))[0]?.asReported).toBe(false);
  });

  test('it goes forward in time, and never beyond now', async () => {
    const { store } = kit();
    await store.beginAsReported(RUN);
    const stream = newStream();
    await reported(store, stream, '2021-02-03');
    await expect(reported(store, stream, '2021-02-02')).rejects.toMatchObject({ code: 'recordedAtGoesBack' });
    await expect(reported(store, stream, '2999-01-01')).rejects.toMatchObject({ code: 'invalidEvent' });
    const silent = { stream, expected: 'ANY' as const, events: [newEvent({ reportedAt: null })] };
    await expect(store.append([silent], { asReported: { run: RUN } })).rejects.toMatchObject({ code: 'invalidEvent' });
    const backAndForth = ['2021-03-01', '2021-02-28'].map((day) => newEvent({ reportedAt: at(day) }));
    const writes = backAndForth.map((event) => ({ stream: newStream(), expected: 'ANY' as const, events: [event] }));
    await expect(store.append(writes, { asReported: { run: RUN } })).rejects.toMatchObject({ code: 'recordedAtGoesBack' });
    expect(await readToEnd(store)).toHaveLength(1);
  });

  test('after a break the same run goes on; what it sent before is there already', async () => {
    const { store, secondDoor } = kit();
    await store.beginAsReported(RUN);
    const [stream, first] = [newStream(), newEvent({ reportedAt: at('2020-01-01') })];
    await reported(store, stream, '2020-01-01', first);
    await reported(store, stream, '2020-06-01');
    const door = await secondDoor();
    expect(await door.beginAsReported(RUN)).toBe('resumed');
    expect(await reported(door, stream, '2020-01-01', first)).toMatchObject([{ outcome: 'alreadyThere' }]);
    expect(await reported(door, stream, '2020-07-01')).toMatchObject([{ outcome: 'appended', revision: 2 }]);
    await door.endAsReported(RUN, 'finished');
    expect(await store.beginAsReported(RUN)).toBe('alreadyFinished');
    await expect(reported(store, stream, '2020-08-01')).rejects.toMatchObject({ code: 'asReportedRunNotOpen' });
    await expect(store.endAsReported(RUN, 'finished')).rejects.toMatchObject({ code: 'asReportedRunNotOpen' });
  });

  test('a store that holds anything else refuses', async () => {
    const { store } = kit();
    await store.append([{ stream: newStream(), expected: 'ANY', events: newEvents(1) }]);
    await expect(store.beginAsReported(RUN)).rejects.toMatchObject({ code: 'storeNotEmpty' });
    await expect(reported(store, newStream(), '2020-01-01')).rejects.toMatchObject({ code: 'asReportedRunNotOpen' });
  });

  test('given up, its events stay and the store is open; given up with nothing, it may begin again', async () => {
    const { store } = kit();
    await store.beginAsReported(RUN);
    await store.endAsReported(RUN, 'givenUp');
    expect(await store.beginAsReported(RUN)).toBe('begun');
    await reported(store, newStream(), '2020-01-01');
    await store.endAsReported(RUN, 'givenUp');
    await expect(store.beginAsReported(RUN)).rejects.toMatchObject({ code: 'storeNotEmpty' });
    const [result] = await store.append([{ stream: newStream(), expected: 'ANY', events: newEvents(1) }]);
    expect(result).toMatchObject({ outcome: 'appended' });
  });

  test('while it lasts, settled is what it has passed; afterwards, now', async () => {
    const { store } = kit();
    await store.beginAsReported(RUN);
    await reported(store, newStream(), '2020-01-01');
    expect(await store.settledThrough()).toBe('2020-01-01T08:59:59.999999Z');
    await reported(store, newStream(), '2020-01-01');
    await store.endAsReported(RUN, 'finished');
    const settled = await store.settledThrough();
    expect(settled > '2024-01-01').toBe(true);
    await store.append([{ stream: newStream(), expected: 'ANY', events: newEvents(1) }]);
    expect(((await readToEnd(store)).at(-1)?.recordedAt ?? '') > settled).toBe(true);
  });
};

function reported(store: EventStore, stream: string, day: string, event: NewEvent = newEvent({ reportedAt: at(day) })): Promise<readonly StreamResult[]> {
  return store.append([{ stream, expected: 'ANY', events: [event] }], { asReported: { run: RUN } });
}
