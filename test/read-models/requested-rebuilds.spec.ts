import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@bestendig/event-store';
import {
  approveRebuild,
  cancelRebuild,
  rebuild,
  rebuildStatusOf,
  requestRebuild,
  runProjector,
  statusOf,
  type ProjectionSet,
  type ProjectorOptions,
  type RebuildStatus,
} from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { openReadStore, type Difference, type ReadStore } from '@bestendig/read-store';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import fc from 'fast-check';
import { forget, projectAll, rowsIn, withClient } from './built-rows';
import { appendTo, randomLogs, storeOf, type LoggedEvent } from './random-logs';

let database: TestDatabase;
let readStore: ReadStore;
let log: readonly LoggedEvent[];
let store: EventStore;
const running: { readonly stop: AbortController; readonly ended: Promise<unknown> }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  [log = []] = fc.sample(
    randomLogs.filter((drawn) => drawn.length > 40),
    { seed: 7, numRuns: 1 },
  );
});
afterAll(() => database.drop());
beforeEach(async () => {
  await forget(database.url);
  store = await storeOf(log.slice(0, -10));
  readStore = await openReadStore(database.url);
});
afterEach(async () => {
  for (const { stop, ended } of running.splice(0)) {
    stop.abort();
    await ended;
  }
  await readStore.close();
});

/** A projector in the background; `ended` gives what it threw, or null. */
function start(options: Partial<ProjectorOptions> = {}): {
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
} {
  const stop = new AbortController();
  const projector = runProjector({
    set: READ_MODELS,
    store,
    databaseUrl: database.url,
    signal: stop.signal,
    ...options,
  });
  const ended = projector.then(
    () => null,
    (error: unknown) => error,
  );
  running.push({ stop, ended });
  return { stop, ended };
}

const [first, ...others] = READ_MODELS.ofPlacements;
/** Other rows, and it says so. */
const OTHER_VERSION: ProjectionSet = {
  ...READ_MODELS,
  definitions: 'of another version',
  ofPlacements: [
    {
      version: 2,
      table: first?.table as never,
      collect: (id, states, changes) =>
        first?.collect(
          id,
          states.map((state) => ({ ...state, timeline: { ...state.timeline, source: 'urn:another' } })),
          changes,
        ),
    },
    ...others,
  ],
};

const latest = async (): Promise<RebuildStatus | undefined> => (await rebuildStatusOf(READ_MODELS, readStore, 1))[0];
const builds = async (): Promise<readonly string[]> =>
  (await statusOf(READ_MODELS, readStore, store)).map(
    ({ state, schema, appliedEvents }) => `${state} ${schema} ${appliedEvents}`,
  );

async function until(holds: () => Promise<boolean>): Promise<void> {
  const before = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > before) throw new Error('It did not come about.');
    await sleep(50);
  }
}
const untilState = (state: RebuildStatus['state']): Promise<void> =>
  until(async () => (await latest())?.state === state);

test('a rebuild that was asked for is carried out beside what the projector follows, and told of', async () => {
  start();
  await until(async () => (await builds())[0] === `live read_model_1 ${log.length - 10}`);
  const asked = await requestRebuild(READ_MODELS, readStore, { onlyVerify: true, approved: false });
  expect(asked).toMatchObject({ state: 'requested', onlyVerify: true, byProjector: true, endedAt: null });
  await expect(requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false })).rejects.toMatchObject({ code: 'rebuildRunning' }); // prettier-ignore
  await untilState('verified');
  expect(await latest()).toMatchObject({ number: asked.number, events: log.length - 10, result: { compared: 'sameAsLive', differences: [] } }); // prettier-ignore
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false });
  await untilState('switched');
  await appendTo(store, log.slice(-10));
  await until(async () => (await builds())[0] === `live read_model_3 ${log.length}`);
  expect((await rebuildStatusOf(READ_MODELS, readStore, 9)).map(({ state }) => state)).toEqual([
    'switched',
    'verified',
  ]);
});

test('live that differs is found and left, and replaced where that was agreed to', async () => {
  start();
  await until(async () => (await builds())[0] === `live read_model_1 ${log.length - 10}`);
  await withClient(database.url, (client) => client.query('delete from read_model_1.spell'));
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false });
  await untilState('differs');
  expect(await latest()).toMatchObject({ result: { compared: 'otherThanLive', differences: [{ table: 'spell', liveRows: 0 }] } }); // prettier-ignore
  await expect(approveRebuild(READ_MODELS, readStore)).rejects.toMatchObject({ code: 'nothingToApprove' });
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: true });
  await untilState('switched');
});

test('a projector that is stopped in the middle of one leaves it to the next', async () => {
  await projectAll(database.url, store, 500);
  const second = start({
    startFolders: () => ({
      count: 1,
      fold: () => sleep(300).then(() => Promise.reject(new Error('broken'))),
      close: async () => undefined,
    }),
  });
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false });
  await untilState('running');
  // As a kill would leave it.
  await untilState('stopped');
  expect(await latest()).toMatchObject({ result: { code: 'defect', message: 'Error.' } });
  second.stop.abort();
  await second.ended;
  await withClient(database.url, (client) => client.query(`update read_store.rebuild set state = 'running'`));
  start();
  await untilState('switched');
  expect((await builds())[0]).toBe(`live read_model_2 ${log.length - 10}`);
});

test('a new version is made beside the old one, and switched to when somebody approves what differs', async () => {
  const old = start();
  await until(async () => (await builds())[0] === `live read_model_1 ${log.length - 10}`);
  const waiting: (readonly Difference[])[] = [];
  start({ set: OTHER_VERSION, onWaiting: (differences) => waiting.push(differences) });
  await untilState('awaitsApproval');
  await until(async () => waiting.length > 0);
  expect(waiting).toMatchObject([[{ table: 'placement', examples: expect.arrayContaining([expect.stringMatching(/^[0-9a-f-]{36}$/)]) }]]); // prettier-ignore
  // The old one goes on meanwhile.
  await appendTo(store, log.slice(-10));
  await until(async () => (await builds())[0] === `live read_model_1 ${log.length}`);
  await expect(approveRebuild(READ_MODELS, readStore)).rejects.toMatchObject({ message: expect.stringContaining('by that version of the program') }); // prettier-ignore
  await approveRebuild(OTHER_VERSION, readStore);
  await untilState('switched');
  expect(await old.ended).toMatchObject({ code: 'otherVersionLive' });
  await until(async () => (await builds())[0] === `live read_model_2 ${log.length}`);
  const [before, after] = [await rowsIn(database.url, 'read_model_1'), await rowsIn(database.url, 'read_model_2')];
  expect(after['chain']).toEqual(before['chain']);
  expect(after['placement']).not.toEqual(before['placement']);
});

test('approved by command where no server runs', async () => {
  await projectAll(database.url, store, 500);
  const where = { set: OTHER_VERSION, store, databaseUrl: database.url };
  expect(await rebuild(where)).toMatchObject({ outcome: 'awaitsApproval', compared: 'otherDefinition', differences: [{ table: 'placement' }] }); // prettier-ignore
  expect(await builds()).toEqual([`live read_model_1 ${log.length - 10}`, `building read_model_2 ${log.length - 10}`]);
  expect(await rebuild({ ...where, approve: true })).toMatchObject({ outcome: 'switched', schema: 'read_model_2' });
});

test('a new version that is cancelled ends, and nothing has changed', async () => {
  await projectAll(database.url, store, 500);
  const { ended } = start({ set: OTHER_VERSION });
  await untilState('awaitsApproval');
  expect(await cancelRebuild({ set: READ_MODELS, databaseUrl: database.url })).toBe(true);
  expect(await ended).toMatchObject({ code: 'rebuildCancelled' });
  expect(await builds()).toEqual([`live read_model_1 ${log.length - 10}`]);
  expect(await latest()).toMatchObject({ state: 'cancelled' });
});

test('where that is wished, a new version switches by itself', async () => {
  await projectAll(database.url, store, 500);
  start({ set: OTHER_VERSION, approval: 'automatic' });
  await untilState('switched');
  expect(await latest()).toMatchObject({
    result: { compared: 'otherDefinition', differences: [{ table: 'placement' }] },
  });
});
