import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgresEventStore, type EventStore, type Position } from '@bestendig/event-store';
import { openIntake } from '@bestendig/intake';
import { connectionString, useDatabase } from '@bestendig/local-postgres';
import { isUnavailable } from '@bestendig/postgres';
import {
  connectForParts,
  foldPart,
  rebuild,
  rebuildStatusOf,
  requestRebuild,
  type ProjectorOptions,
  type RebuildOptions,
  type RebuildProgress,
} from '@bestendig/projection-engine';
import { listPlacements, READ_MODELS, resolveCut } from '@bestendig/read-models';
import { openReadStore, type ReadStore } from '@bestendig/read-store';
import type { Client } from 'pg';
import { fillLog } from '../bench/filled-log';
import { madePlacements } from '../bench/made-placements';
import { forget, projectAll, withClient } from '../read-models/built-rows';
import { appendTo, type LoggedEvent } from '../read-models/random-logs';
import { build, launch, type Built } from './built';
import { DataFolders, historyText } from './data-folder';
import { codeOf, Projectors } from './projectors';
import { describeOnDisk, ServerOnDisk, SmallDisk, testOnDisk } from './small-disk';

const MIB = 1024 * 1024;
const EVENTS = 16_000;
const DISK_FULL = '53100';
const SECRET = '5e'.repeat(32);

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

function smallDisk(mebibytes: number): SmallDisk {
  const disk = SmallDisk.mount(mebibytes);
  if (disk === null) throw new Error('It could be mounted a moment ago.');
  return disk;
}

/** Placements with their facts, to be appended in groups. */
function newPlacements(count: number, seed: number): readonly (readonly LoggedEvent[])[] {
  return [...madePlacements(count, seed)].map(({ placementId, events }) => events.map((event) => ({ placementId, event })));
}

/** Every id of the log, sorted, from the raw read that verifies every hash and every link. */
async function idsIn(store: EventStore): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let from: Position | null = null; ; ) {
    const events = await store.readRaw(from, 5_000);
    const last = events.at(-1);
    if (last === undefined) return ids.sort();
    for (const { canonical } of events) ids.push((JSON.parse(canonical) as { readonly envelope: { readonly id: string } }).envelope.id);
    from = last.position;
  }
}

describeOnDisk('tables and indexes on a disk that gets full', () => {
  let disk: SmallDisk;
  let server: ServerOnDisk;
  let databaseUrl: string;
  let store: EventStore;
  let readStore: ReadStore;
  let partClient: Client;
  const projectors = new Projectors();

  beforeAll(async () => {
    disk = smallDisk(400);
    server = await ServerOnDisk.start(disk);
    databaseUrl = connectionString(server.cluster);
    store = await openPostgresEventStore({ databaseUrl, maxConnections: 5 });
    await fillLog(store, EVENTS, 4);
    await projectAll(databaseUrl, store, 4_000);
    readStore = await openReadStore(databaseUrl);
    partClient = await connectForParts(databaseUrl);
  }, 120_000);
  afterAll(async () => {
    await partClient.end();
    await readStore.close();
    await store.close();
    await server.stop();
    disk.unmount();
  });
  afterEach(async () => {
    disk.makeRoom();
    await projectors.stop();
  });

  const project = (options: Partial<ProjectorOptions>) => projectors.start({ store, databaseUrl, ...options });

  /** What live answers now. */
  const answered = async () => {
    const cut = await resolveCut(readStore, store);
    return { events: cut.generation.appliedEvents, ...(await listPlacements(readStore, cut, { limit: 20 })) };
  };

  const rebuildHere = (options: Partial<RebuildOptions> = {}) => rebuild({ set: READ_MODELS, store, databaseUrl, ...options });

  const STEPS = [
    { step: 'plan', doneBefore: [] },
    { step: 'fold', doneBefore: ['plan'] },
    { step: 'index', doneBefore: ['plan', 'fold'] },
  ] as const;
  test.each(STEPS)('a rebuild that finds it full at its step $step says so, and goes on where it was when there is room', async ({ step, doneBefore }) => {
    const before = await answered();
    const folded: number[] = [];
    const folders: RebuildOptions['folders'] = {
      count: 1,
      fold: async (task) => {
        const done = await foldPart({ set: READ_MODELS, store, client: partClient }, task);
        folded.push(task.part);
        return done;
      },
    };
    const fill = (told: RebuildProgress): void => {
      // In the middle of folding: when a part is done and another is not.
      if (told.step === step && (step !== 'fold' || folded.length === 1)) disk.fill();
    };
    const failed = await failureOf(rebuildHere({ folders, onProgress: fill }));
    expect([isUnavailable(failed), codeOf(failed)]).toEqual([true, DISK_FULL]);
    const foldedBefore = folded.length;
    expect(codeOf(await failureOf(rebuildHere({ folders })))).toBe(DISK_FULL);
    expect(folded).toHaveLength(foldedBefore);
    for (let asked = 0; asked < 200; asked += 1) expect(await answered()).toEqual(before);

    disk.makeRoom();
    const steps: string[] = [];
    const result = await rebuildHere({ folders, onProgress: (told) => void steps.push(told.step) });
    expect(result).toMatchObject({ outcome: 'switched', compared: 'sameAsLive', events: EVENTS });
    expect(folded.length).toBeGreaterThan(1);
    expect(new Set(folded).size).toBe(folded.length);
    expect(steps.filter((done) => doneBefore.some((before) => before === done))).toEqual([]);
    expect(await answered()).toEqual(before);
  });

  test('a projector that finds it full waits, live answers what was applied, and it goes on by itself', async () => {
    await forget(databaseUrl);
    let [applied, filled] = [0, false];
    const retries = project({
      pageEvents: 500,
      onProgress: ({ appliedEvents }) => {
        applied = appliedEvents;
        if (!filled && appliedEvents >= EVENTS / 4) disk.fill();
        filled ||= appliedEvents >= EVENTS / 4;
      },
    });
    await until(() => retries.length >= 4);
    expect(new Set(retries)).toEqual(new Set([DISK_FULL]));
    expect(applied).toBeLessThan(EVENTS);
    expect((await answered()).events).toBe(applied);
    disk.makeRoom();
    await until(() => applied === EVENTS);
    expect(await rebuildHere({ onlyVerify: true })).toMatchObject({ outcome: 'verified', compared: 'sameAsLive', differences: [], events: EVENTS });
  });

  test('a rebuild that the projector was asked for is carried out when there is room', async () => {
    const retries = project({
      startFolders: () => {
        if (retries.length === 0) disk.fill();
        return { count: 1, fold: (task) => foldPart({ set: READ_MODELS, store, client: partClient }, task), close: async () => undefined };
      },
    });
    await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false });
    await until(() => retries.length > 0);
    expect(new Set(retries)).toEqual(new Set([DISK_FULL]));
    disk.makeRoom();
    await until(async () => (await rebuildStatusOf(READ_MODELS, readStore, 1))[0]?.state === 'switched');
  });

  test('an append that finds it full says `unavailable` and keeps nothing; sent again it is kept, once', async () => {
    const placements = newPlacements(3_000, 9);
    const ids = await idsIn(store);
    disk.fill(3 * MIB);
    const refused: (readonly LoggedEvent[])[] = [];
    for (let at = 0; at < placements.length; at += 300) {
      const groups = [0, 100, 200].map((from) => placements.slice(at + from, at + from + 100).flat());
      const results = await Promise.allSettled(groups.map((group) => appendTo(store, group)));
      results.forEach((result, index) => {
        if (result.status === 'fulfilled') return;
        expect(result.reason).toMatchObject({ name: 'EventStoreError', code: 'unavailable', cause: { code: DISK_FULL } });
        refused.push(groups[index] ?? []);
      });
    }
    expect(refused.length).toBeGreaterThan(5);
    const lost = new Set(refused.flat().map(({ event }) => event.id));
    const told = placements.flat().map(({ event }) => event.id);
    expect(await idsIn(store)).toEqual([...ids, ...told.filter((id) => !lost.has(id))].sort());

    disk.makeRoom();
    for (const group of refused) await appendTo(store, group);
    expect(await idsIn(store)).toEqual([...ids, ...told].sort());
    await projectAll(databaseUrl, store, 4_000);
  });

  describe('by command', () => {
    const folders = new DataFolders();
    let built: Built;
    beforeAll(async () => void (built = await build()), 60_000);
    afterAll(async () => {
      await folders.removeAll();
      built.remove();
    });

    const FULL = /^The disk that PostgreSQL writes to is full\. Make room and run the same command again: it goes on where it was\.$/m;

    test('a rebuild and an import say that the disk is full, end with 1, and go on when there is room', async () => {
      const environment = { BESTENDIG_DATA: folders.next(), BESTENDIG_SECRET: SECRET, DATABASE_URL: databaseUrl };
      const history = historyText({ placements: 300, seed: 7 });
      // The tables that an import brings with it are there: it is recording that needs room.
      await (await openIntake(databaseUrl)).close();
      const commands = [
        { args: ['rebuild'], input: '', leftBytes: 4 * MIB, says: [FULL], then: /the same rows as live/ },
        { args: ['import', '-'], input: history, leftBytes: MIB, says: [FULL], then: /accepted/ },
      ];
      for (const { args, input, leftBytes, says, then } of commands) {
        disk.fill(leftBytes);
        const full = await launch(built.main, args, environment, input).ended;
        disk.makeRoom();
        expect(full.code).toBe(1);
        for (const said of says) expect(full.stderr).toMatch(said);
        const again = await launch(built.main, args, environment, input).ended;
        expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(then)]);
      }
    });
  });
});

testOnDisk('where all of PostgreSQL lies on it, the server is gone until there is room; then all that was kept is there, and the rest can be sent again', async () => {
  const disk = smallDisk(200);
  const [outages, lost]: [string[], unknown[]] = [[], []];
  const database = await useDatabase({ folder: disk.folder, onLost: (reason) => lost.push(reason), onOutage: (now) => outages.push(now) });
  const store = await openPostgresEventStore({ databaseUrl: database.url, maxConnections: 4 });
  const projectors = new Projectors();
  let applied = 0;
  projectors.start({ store, databaseUrl: database.url, onProgress: ({ appliedEvents }) => (applied = appliedEvents) });
  try {
    const placements = newPlacements(600, 11);
    const groups = [0, 1, 2, 3, 4, 5].map((index) => placements.slice(index * 100, (index + 1) * 100).flat());
    const [kept, refused] = [groups.slice(0, 3), groups.slice(3)];
    for (const group of kept) await appendTo(store, group);

    disk.fill();
    // The next that is written needs a new file of the log: PostgreSQL stops at once, and cannot start again.
    await withClient(database.url, (client) => client.query('select pg_switch_wal()')).catch(() => undefined);
    for (const group of refused) expect(await failureOf(appendTo(store, group))).toMatchObject({ name: 'EventStoreError', code: 'unavailable' });
    await until(() => outages.length > 0);
    expect(await failureOf(store.headPosition())).toMatchObject({ name: 'EventStoreError', code: 'unavailable' });

    disk.makeRoom();
    await until(() => outages.length > 1);
    expect([outages, lost]).toEqual([['away', 'back'], []]);
    const idsOf = (some: readonly (readonly LoggedEvent[])[]) => some.flat().map(({ event }) => event.id).sort();
    expect(await idsIn(store)).toEqual(idsOf(kept));
    for (const group of refused) await appendTo(store, group);
    expect(await idsIn(store)).toEqual(idsOf(groups));
    await until(() => applied === groups.flat().length);
    expect(await rebuild({ set: READ_MODELS, store, databaseUrl: database.url })).toMatchObject({ outcome: 'switched', compared: 'sameAsLive' });
  } finally {
    disk.makeRoom();
    await projectors.stop();
    await store.close();
    await database.leave();
    disk.unmount();
  }
});
