import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@bestendig/event-store';
import {
  rebuildStatusOf,
  runProjector,
  statusOf,
  type ProjectionSet,
  type ProjectorOptions,
  type RebuildStatus,
} from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { openReadStore, type ReadStore } from '@bestendig/read-store';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import { forget } from './built-rows';
import { someLog, storeOf, type LoggedEvent } from './random-logs';

/** Projectors side by side, on a database, a log and a store that each test of a file finds afresh. */
export let database: TestDatabase;
export let readStore: ReadStore;
export let log: readonly LoggedEvent[];
/** Holds the log but for its last ten events. */
export let store: EventStore;
const running: { readonly stop: AbortController; readonly ended: Promise<unknown> }[] = [];

/** To be called once by the file. */
export function useProjectors(): void {
  beforeAll(async () => {
    database = await createTestDatabase();
    log = someLog();
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
}

/** In the middle of a test: no read models, as at its start. */
export async function forgetAll(): Promise<void> {
  await readStore.close();
  await forget(database.url);
  readStore = await openReadStore(database.url);
}

/** A projector in the background; `ended` gives what it threw, or null. */
export function start(options: Partial<ProjectorOptions> = {}): {
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
export const OTHER_VERSION: ProjectionSet = {
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

export const latest = async (): Promise<RebuildStatus | undefined> =>
  (await rebuildStatusOf(READ_MODELS, readStore, 1))[0];
export const builds = async (): Promise<readonly string[]> =>
  (await statusOf(READ_MODELS, readStore, store)).map(
    ({ state, schema, appliedEvents }) => `${state} ${schema} ${appliedEvents}`,
  );

export async function until(holds: () => Promise<boolean>): Promise<void> {
  const before = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > before) throw new Error('It did not come about.');
    await sleep(50);
  }
}
export const untilState = (state: RebuildStatus['state']): Promise<void> =>
  until(async () => (await latest())?.state === state);
