import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '@bestendig/event-store';
import {
  cancelRebuild,
  connectForParts,
  copyStep,
  foldPart,
  rebuild,
  type LogCopyTask,
  type PartTask,
  type RebuildOptions,
} from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import type { Client } from 'pg';
import { forget, projectAll, rowsIn } from './built-rows';
import { someLog, storeOf, type LoggedEvent } from './random-logs';

let database: TestDatabase;
let log: readonly LoggedEvent[];
let store: EventStore;
let client: Client;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  client = await connectForParts(database.url);
  log = someLog();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bestendig-copies-'));
  await forget(database.url);
  store = await storeOf(log.slice(0, -10));
  await projectAll(database.url, store, 500);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Hooks = { copy?(task: LogCopyTask): void | Promise<void>; fold?(task: PartTask): void | Promise<void> };

/** Steps so short that a small log takes many, and what a test does before each. */
const foldersWith = ({ copy, fold }: Hooks): NonNullable<RebuildOptions['folders']> => ({
  count: 1,
  copyFolder: folder,
  copy: async (task) => {
    await copy?.(task);
    return copyStep({ store, client }, task, { pageEvents: 4, stepEvents: 8 });
  },
  fold: async (task) => {
    await fold?.(task);
    return foldPart({ set: READ_MODELS, store: null, client }, task);
  },
});
const rebuildHere = (hooks: Hooks = {}, options: Partial<RebuildOptions> = {}) =>
  rebuild({ set: READ_MODELS, store, databaseUrl: database.url, folders: foldersWith(hooks), ...options }); // prettier-ignore
const SWITCHED = { outcome: 'switched', compared: 'sameAsLive', events: 0 };
const copiesLeft = (): readonly string[] => readdirSync(folder);

test('a rebuild from a copy of the log gives the rows that one from the store gives, and leaves no copy', async () => {
  const copied = await rebuildHere();
  expect(copied).toMatchObject({ ...SWITCHED, events: log.length - 10 });
  expect(copiesLeft()).toEqual([]);
  const rows = await rowsIn(database.url, 'read_model_2');
  const fromStore = await rebuild({ set: READ_MODELS, store, databaseUrl: database.url });
  expect('checksum' in fromStore && 'checksum' in copied && fromStore.checksum).toEqual('checksum' in copied && copied.checksum); // prettier-ignore
  expect(await rowsIn(database.url, 'read_model_3')).toEqual(rows);
});

test('where nothing is live, or nothing is in the log, it is the same', async () => {
  const expected = await rowsIn(database.url, 'read_model_1');
  await forget(database.url);
  expect(await rebuildHere()).toMatchObject({ outcome: 'switched', compared: 'firstBuild', events: log.length - 10 });
  expect(await rowsIn(database.url, 'read_model_1')).toEqual(expected);
  await forget(database.url);
  store = await storeOf([]);
  expect(await rebuildHere()).toMatchObject({ outcome: 'switched', events: 0 });
  expect(copiesLeft()).toEqual([]);
});

test('stopped or thrown out at any step, it goes on where it was and copies nothing twice', async () => {
  let [steps, stopAt] = [0, 0];
  const tasks: string[] = [];
  const count = (task: LogCopyTask): void => {
    steps += 1;
    if (steps === stopAt) throw new Error('stopped by the test');
    tasks.push(task.step);
  };
  await rebuildHere({ copy: count });
  const whole = [...tasks];
  expect(whole.filter((step) => step === 'copy').length).toBeGreaterThan(5);
  for (let [at, finished] = [1, false]; !finished; at += 3) {
    [steps, stopAt] = [0, at];
    tasks.length = 0;
    finished = at > whole.length;
    if (!finished) {
      await expect(rebuildHere({ copy: count })).rejects.toThrow('stopped by the test');
      expect(copiesLeft()).toHaveLength(1);
      // More than was told of may have been written.
      for (const name of readdirSync(join(folder, copiesLeft()[0] ?? '')).filter((one) =>
        /^(bucket|part|list)-/.test(one),
      ))
        writeFileSync(join(folder, copiesLeft()[0] ?? '', name), 'half a block', { flag: 'a' });
      stopAt = 0;
    }
    expect(await rebuildHere({ copy: count })).toMatchObject({ ...SWITCHED, events: log.length - 10 });
    expect(tasks).toEqual(whole);
    expect(copiesLeft()).toEqual([]);
  }
});

test('a part that is done is not folded again, and its events are gone from the disk', async () => {
  const stop = new AbortController();
  const folded: number[] = [];
  const fold = ({ part, copy }: PartTask): void => {
    folded.push(part);
    expect(existsSync(join(copy?.folder ?? '', `part-${part}`))).toBe(true);
    stop.abort();
  };
  expect(await rebuildHere({ fold }, { signal: stop.signal })).toEqual({ outcome: 'givenUp' });
  expect(copiesLeft()).toHaveLength(1);
  expect(existsSync(join(folder, copiesLeft()[0] ?? '', `part-${folded[0]}`))).toBe(false);
  const again: number[] = [];
  await rebuildHere({ fold: ({ part }) => void again.push(part) });
  expect(again).not.toContain(folded[0]);
});

/** Changes a byte in the middle of a file of the copy. */
function damage(name: RegExp, change: (bytes: Buffer) => Buffer): boolean {
  const copy = join(folder, copiesLeft()[0] ?? '');
  const file = readdirSync(copy).find((one) => name.test(one) && readFileSync(join(copy, one)).length > 0);
  if (file !== undefined) writeFileSync(join(copy, file), change(readFileSync(join(copy, file))));
  return file !== undefined;
}
const flipped = (bytes: Buffer): Buffer => {
  bytes.writeUInt8((bytes.readUInt8(bytes.length - 20) + 1) % 256, bytes.length - 20);
  return bytes;
};
const DAMAGES = [
  ['a byte of a bucket', 'divide', /^bucket-/, flipped],
  ['the end of a bucket', 'divide', /^bucket-/, (bytes: Buffer) => bytes.subarray(0, -1)],
  ['a byte of a part', 'fold', /^part-/, flipped],
  ['a list', 'copy', /^list-1/, flipped],
  ['what it says of itself', 'copy', /^state/, () => Buffer.from('{')],
] as const;
test.each(DAMAGES)('%s is damaged: it is seen, the copy is thrown away and made again', async (_, at, name, change) => {
  let done = false;
  const copies = new Set<string>();
  const spoil = (step: string): void => {
    copiesLeft().forEach((copy) => copies.add(copy));
    if (step === at && !done) done = damage(name, change);
  };
  const hooks: Hooks = { copy: ({ step }) => spoil(step), fold: () => spoil('fold') };
  expect(await rebuildHere(hooks)).toMatchObject({ ...SWITCHED, events: log.length - 10 });
  expect(copies.size).toBe(2);
  expect(copiesLeft()).toEqual([]);
});

test('an event that is not what was recorded ends it', async () => {
  const tampered: EventStore = Object.create(store, {
    readAll: {
      value: async (...args: Parameters<EventStore['readAll']>) => {
        const page = await store.readAll(...args);
        // As if the stream's second event had been taken out of it.
        return { ...page, events: page.events.filter(({ revision }) => args[1]?.verify !== true || revision !== 1) };
      },
    },
  });
  const folders = { ...foldersWith({}), copy: (task: LogCopyTask) => copyStep({ store: tampered, client }, task) };
  await expect(rebuildHere({}, { folders })).rejects.toMatchObject({ code: 'brokenChain' });
});

test('a full disk is told by its code, and gone on from', async () => {
  let [full, steps] = [true, 0];
  const fill = (): void => {
    steps += 1;
    if (full && steps > 3) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  const folders = foldersWith({});
  const filling: EventStore = Object.create(store, {
    readAll: { value: (...args: Parameters<EventStore['readAll']>) => (fill(), store.readAll(...args)) },
  });
  const copy = (task: LogCopyTask) => copyStep({ store: filling, client }, task, { pageEvents: 4, stepEvents: 8 });
  await expect(rebuildHere({}, { folders: { ...folders, copy } })).rejects.toMatchObject({ code: 'logCopyDiskFull' });
  expect(copiesLeft()).toHaveLength(1);
  full = false;
  expect(await rebuildHere({}, { folders: { ...folders, copy } })).toMatchObject({
    ...SWITCHED,
    events: log.length - 10,
  });
  expect(copiesLeft()).toEqual([]);
});

test('a copy does not outlive its rebuild: not one that is cancelled, nor one that nobody knows any more', async () => {
  const cancel = () => cancelRebuild({ set: READ_MODELS, databaseUrl: database.url });
  let cancelled = false;
  const cancelOnce = async ({ step }: LogCopyTask): Promise<void> => {
    if (step === 'divide' && !cancelled) await cancel();
    cancelled ||= step === 'divide';
  };
  await expect(rebuildHere({ copy: cancelOnce })).rejects.toMatchObject({ code: 'rebuildCancelled' });
  expect(copiesLeft()).toEqual([]);
  const stopped = (): never => {
    throw new Error('stopped by the test');
  };
  await expect(rebuildHere({ fold: stopped })).rejects.toThrow('stopped by the test');
  expect(copiesLeft()).toHaveLength(1);
  await cancel();
  const others = join(folder, `bestendig-rebuild-of-another-database`);
  writeFileSync(others, '');
  expect(await rebuildHere()).toMatchObject({ ...SWITCHED, events: log.length - 10 });
  expect(copiesLeft()).toEqual(['bestendig-rebuild-of-another-database']);
});

test('what was begun with a copy is gone on with from the store, and the copy is removed', async () => {
  const stop = new AbortController();
  await rebuildHere({ fold: () => stop.abort() }, { signal: stop.signal });
  expect(copiesLeft()).toHaveLength(1);
  expect(await rebuild({ set: READ_MODELS, store, databaseUrl: database.url })).toMatchObject({ ...SWITCHED, events: log.length - 10 }); // prettier-ignore
  expect(copiesLeft()).toEqual([]);
});
