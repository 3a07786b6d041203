import { readdirSync } from 'node:fs';
import { createMemoryEventStore, type EventStore } from '@bestendig/event-store';
import { connectForParts, copyStep, foldPart, rebuild, type LogCopyTask } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import type { Client } from 'pg';
import { fillLog } from '../bench/filled-log';
import { projectAll } from '../read-models/built-rows';
import { describeOnDisk, SmallDisk } from './small-disk';

const EVENTS = 6_000;
const STEP_EVENTS = 1_000;

describeOnDisk('a copy of the log on a disk that gets full', () => {
  let disk: SmallDisk;
  let database: TestDatabase;
  let store: EventStore;
  let client: Client;

  beforeAll(async () => {
    const mounted = SmallDisk.mount(24);
    if (mounted === null) throw new Error('It could be mounted a moment ago.');
    disk = mounted;
    database = await createTestDatabase();
    client = await connectForParts(database.url);
    store = createMemoryEventStore();
    await fillLog(store, EVENTS, 4);
    await projectAll(database.url, store, 2_000);
  }, 120_000);
  afterAll(async () => {
    await client.end();
    await database.drop();
    disk.unmount();
  });
  afterEach(() => disk.makeRoom());

  const copies = (): readonly string[] => readdirSync(disk.folder).filter((name) => name !== 'filler');

  test.each(['copy', 'divide'] as const)('is told by its code at its step %s, and gone on from when there is room', async (step) => {
    const done: string[] = [];
    let mayFill = true;
    const rebuildHere = () =>
      rebuild({
        set: READ_MODELS,
        store,
        databaseUrl: database.url,
        folders: {
          count: 1,
          copyFolder: disk.folder,
          copy: async (task: LogCopyTask) => {
            // In the middle: a step of that kind is done, and another is not.
            if (mayFill && done.filter((one) => one === step).length === 1) disk.fill();
            const told = await copyStep({ store, client }, task, { pageEvents: STEP_EVENTS / 2, stepEvents: STEP_EVENTS });
            done.push(task.step);
            return told;
          },
          fold: (task) => foldPart({ set: READ_MODELS, store: null, client }, task),
        },
      });
    await expect(rebuildHere()).rejects.toMatchObject({ code: 'logCopyDiskFull' });
    await expect(rebuildHere()).rejects.toMatchObject({ code: 'logCopyDiskFull' });
    expect(copies()).toHaveLength(1);
    mayFill = false;
    disk.makeRoom();
    expect(await rebuildHere()).toMatchObject({ outcome: 'switched', compared: 'sameAsLive', events: EVENTS });
    expect(done.filter((one) => one === 'copy')).toHaveLength(EVENTS / STEP_EVENTS);
    expect(copies()).toEqual([]);
  });
});
