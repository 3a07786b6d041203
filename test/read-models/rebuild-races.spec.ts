import { setTimeout as sleep } from 'node:timers/promises';
import {
  approveRebuild,
  cancelRebuild,
  fingerprintOf,
  ofPlacement,
  rebuild,
  rebuildStatusOf,
  requestRebuild,
  runProjector,
  statusOf,
  type ProjectionSet,
  type ProjectorOptions,
} from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { projectAll, withClient } from './built-rows';
import { appendTo } from './random-logs';
import {
  builds,
  database,
  forgetAll,
  latest,
  log,
  OTHER_VERSION,
  readStore,
  start,
  store,
  until,
  untilState,
  useProjectors,
} from './running-projectors';

useProjectors();

const untilLive = (line: string): Promise<void> => until(async () => (await builds())[0] === line);
const liveText = async (): Promise<string | undefined> => (await builds())[0];
const LIVE_1 = (): string => `live read_model_1 ${log.length - 10}`;
const [first, ...others] = READ_MODELS.ofPlacements;
const THIRD_VERSION: ProjectionSet = { ...OTHER_VERSION, definitions: 'of a third version' };

test('what was approved of one version is not taken for approval of another', async () => {
  await projectAll(database.url, store, 500);
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: true });
  start({ set: OTHER_VERSION });
  await until(async () => ['awaitsApproval', 'switched'].includes((await latest())?.state ?? ''));
  expect((await latest())?.state).toBe('awaitsApproval');
  expect(await liveText()).toBe(LIVE_1());
});

test('approval of a third version is not taken for that of a second', async () => {
  await projectAll(database.url, store, 500);
  start({ set: OTHER_VERSION });
  await untilState('awaitsApproval');
  await sleep(300);
  const third = start({ set: THIRD_VERSION });
  await until(async () => (await builds()).some((line) => line.startsWith('building read_model_3')));
  await untilState('awaitsApproval');
  third.stop.abort();
  await third.ended;
  const { fingerprint } = await approveRebuild(THIRD_VERSION, readStore);
  await sleep(3_000);
  const live = (await statusOf(READ_MODELS, readStore, store))[0];
  expect([live?.schema === 'read_model_1' || live?.version === fingerprint, live?.schema]).toEqual([
    true,
    'read_model_1',
  ]);
});

test('a version that waits is not switched to by approval of another rebuild', async () => {
  await projectAll(database.url, store, 500);
  const { ended } = start({ set: OTHER_VERSION });
  await untilState('awaitsApproval');
  await sleep(200);
  await cancelRebuild({ set: READ_MODELS, databaseUrl: database.url });
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: true });
  await sleep(3_500);
  expect([(await latest())?.state, await liveText()]).toEqual(['requested', LIVE_1()]);
  expect(await ended).toMatchObject({ code: 'rebuildCancelled' });
});

test('nor by a rebuild of the other version that was given up on', async () => {
  await projectAll(database.url, store, 500);
  start({ set: OTHER_VERSION });
  await untilState('awaitsApproval');
  await sleep(200);
  const stop = new AbortController();
  await rebuild({ set: READ_MODELS, store, databaseUrl: database.url, approve: true, signal: stop.signal, onProgress: () => stop.abort() }); // prettier-ignore
  await sleep(3_500);
  expect(await liveText()).toBe(LIVE_1());
});

test('a new version that is cancelled just after it was approved is not switched to', async () => {
  await projectAll(database.url, store, 500);
  const { ended } = start({ set: OTHER_VERSION });
  await untilState('awaitsApproval');
  await sleep(200);
  await withClient(database.url, async (holder) => {
    // What takes the approval up is slow to begin.
    await holder.query('begin');
    await holder.query('lock table read_store.migration in access exclusive mode');
    await approveRebuild(OTHER_VERSION, readStore);
    await sleep(2_000);
    // As cancelRebuild does.
    await withClient(database.url, async (client) => {
      await client.query('begin');
      await client.query('select from read_store.projection_set for update');
      await client.query(`delete from read_store.generation where state = 'building'`);
      await client.query(`update read_store.rebuild set state = 'cancelled', ended_at = clock_timestamp()`);
      await client.query('commit');
    });
    await holder.query('rollback');
  });
  await sleep(3_000);
  expect([await Promise.race([ended, sleep(100)]), (await builds())[0]]).toMatchObject([
    { code: 'rebuildCancelled' },
    `live read_model_1 ${log.length - 10}`,
  ]);
});

const inline = {
  count: 1,
  fold: () => sleep(100).then(() => Promise.reject(new Error('not here'))),
  close: async () => undefined,
};

test('what is cancelled just as it is taken up is not made', async () => {
  await projectAll(database.url, store, 500);
  let cancelled: Promise<boolean> | null = null;
  start({
    startFolders: () => ((cancelled ??= cancelRebuild({ set: READ_MODELS, databaseUrl: database.url })), inline),
  });
  await sleep(1_500);
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false });
  await until(async () => cancelled !== null);
  expect(await (cancelled ?? Promise.resolve(null))).toBe(true);
  await sleep(3_000);
  expect((await rebuildStatusOf(READ_MODELS, readStore, 9)).map(({ number, state }) => `${number} ${state}`)).toEqual([
    '1 cancelled',
  ]);
});

test('a projector of the old version that waits for its turn ends once another version is live, with a lost connection too', async () => {
  await projectAll(database.url, store, 500);
  await withClient(database.url, async (working) => {
    // The projector that works.
    await working.query(`select pg_advisory_lock(hashtextextended($1, 0))`, [
      `bestendig projector ${READ_MODELS.name}`,
    ]);
    const waiting = start();
    await sleep(1_500);
    const { rows } = await working.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'bestendig projector'`,
    );
    expect(rows).toHaveLength(1);
    const cutOff = start();
    await sleep(1_500);
    start({ set: OTHER_VERSION, approval: 'automatic' });
    await untilState('switched');
    await working.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'bestendig projector' and pid <> $1`,
      [rows[0]?.pid],
    );
    for (const { ended } of [waiting, cutOff]) expect(await ended).toMatchObject({ code: 'otherVersionLive' });
    expect(await liveText()).toMatch(/^live read_model_2/);
  });
});

test('programs of two versions that are each started again when they end do not switch to and fro', async () => {
  await projectAll(database.url, store, 500);
  const done = new AbortController();
  const supervised = async (options: Partial<ProjectorOptions>): Promise<void> => {
    while (!done.signal.aborted) {
      await runProjector({ set: READ_MODELS, store, databaseUrl: database.url, signal: done.signal, ...options }).catch(
        () => undefined,
      );
      await sleep(200);
    }
  };
  const both = [supervised({}), supervised({ set: OTHER_VERSION, approval: 'automatic' })];
  const seen: string[] = [];
  const end = Date.now() + 5_000;
  while (Date.now() < end) {
    const live = (await liveText())?.slice(0, 17) ?? '';
    if (seen.at(-1) !== live) seen.push(live);
    await sleep(50);
  }
  done.abort();
  await Promise.all(both);
  expect(seen).toEqual(['live read_model_1', 'live read_model_2']);
});

test('two projectors of a new version that start at once make it once', async () => {
  const seen: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    await forgetAll();
    await projectAll(database.url, store, 500);
    const two = [start({ set: OTHER_VERSION, approval: 'automatic' })];
    await sleep(round * 90);
    two.push(start({ set: OTHER_VERSION, approval: 'automatic' }));
    await untilState('switched');
    await sleep(2_000);
    for (const { stop, ended } of two) (stop.abort(), await ended);
    seen.push((await builds()).map((line) => line.slice(0, 17)).join(', '));
  }
  expect(new Set(seen)).toEqual(new Set(['live read_model_2, kept read_model_1']));
});

test('a connection that is lost while leftovers are dropped does not make a switched rebuild fail', async () => {
  await projectAll(database.url, store, 500);
  await rebuild({ set: READ_MODELS, store, databaseUrl: database.url });
  await withClient(database.url, async (reader) => {
    await reader.query('begin');
    await reader.query('select from read_model_1.placement limit 1');
    const rebuilding = rebuild({ set: READ_MODELS, store, databaseUrl: database.url }).catch((error: unknown) => error);
    await until(async () => (await builds())[0]?.startsWith('live read_model_3') === true);
    await sleep(300);
    await reader.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'drop schema%'`,
    );
    const result = await rebuilding;
    await reader.query('rollback');
    expect([result, (await latest())?.state]).toMatchObject([{ outcome: 'switched' }, 'switched']);
  });
});

test('cancelled just after the switch: it says what is so', async () => {
  await projectAll(database.url, store, 500);
  await rebuild({ set: READ_MODELS, store, databaseUrl: database.url });
  await withClient(database.url, async (reader) => {
    // Somebody still reads the build that makes room.
    await reader.query('begin');
    await reader.query('select from read_model_1.placement limit 1');
    const rebuilding = rebuild({ set: READ_MODELS, store, databaseUrl: database.url });
    await until(async () => (await builds())[0]?.startsWith('live read_model_3') === true);
    const told = await cancelRebuild({ set: READ_MODELS, databaseUrl: database.url });
    await reader.query('rollback');
    expect((await rebuilding).outcome).toBe('switched');
    expect([told, (await latest())?.state, (await liveText())?.slice(0, 17)]).toEqual([false, 'switched', 'live read_model_3']); // prettier-ignore
  });
});

test('a column that has another type is compared', async () => {
  await projectAll(database.url, store, 500);
  const table = first?.table as never as {
    columns: { name: string; type: string; of: (row: never) => unknown }[];
    key: never;
  };
  const changed = {
    ...table,
    columns: table.columns.map((column) =>
      column.name === 'spells' ? { ...column, type: 'double precision', of: () => 999 } : column,
    ),
  };
  const RETYPED: ProjectionSet = {
    ...READ_MODELS,
    ofPlacements: [
      ofPlacement({
        version: 2,
        table: changed as never,
        rows: (placementId, timeline) => [{ placementId, timeline }] as never,
      }),
      ...others,
    ],
  };
  const result = await rebuild({ set: RETYPED, store, databaseUrl: database.url });
  expect(result).toMatchObject({ outcome: 'awaitsApproval', differences: [{ table: 'placement' }] });
});

test('a comparison leaves a version that waits for approval as it is', async () => {
  await projectAll(database.url, store, 500);
  const { ended } = start({ set: OTHER_VERSION });
  await untilState('awaitsApproval');
  await expect(
    rebuild({ set: OTHER_VERSION, store, databaseUrl: database.url, onlyVerify: true }),
  ).rejects.toMatchObject({ code: 'rebuildRunning' });
  await sleep(2_500);
  expect([await builds(), await Promise.race([ended, sleep(100)])]).toEqual([
    [LIVE_1(), `building read_model_2 ${log.length - 10}`],
    undefined,
  ]);
});

test('also one of the version that is live', async () => {
  await projectAll(database.url, store, 500);
  const { ended } = start({ set: OTHER_VERSION });
  await untilState('awaitsApproval');
  await rebuild({ set: READ_MODELS, store, databaseUrl: database.url, onlyVerify: true });
  await sleep(2_500);
  expect([await builds(), await Promise.race([ended, sleep(100)])]).toEqual([
    [LIVE_1(), `building read_model_2 ${log.length - 10}`],
    undefined,
  ]);
});

test('what could not be noted that it waits for approval can be approved', async () => {
  await projectAll(database.url, store, 500);
  const waiting: number[] = [];
  await withClient(database.url, async (client) => {
    start({ set: OTHER_VERSION, onWaiting: () => waiting.push(1) });
    await until(async () => (await latest())?.state === 'running');
    await client.query('begin');
    await client.query('select from read_store.rebuild for update');
    // The diary waits for the row; its connection is cut.
    for (let cut = 0; cut < 6 && waiting.length === 0; cut += 1) {
      await sleep(1_500);
      await withClient(database.url, (other) =>
        other.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'bestendig rebuild (progress)'`,
        ),
      );
    }
    await client.query('rollback');
    await until(async () => waiting.length > 0);
    await sleep(4_000);
    expect((await latest())?.state).toBe('awaitsApproval');
  });
});

test('a rebuild may be asked for where a command that made one was killed', async () => {
  await projectAll(database.url, store, 500);
  const stop = new AbortController();
  await rebuild({
    set: READ_MODELS,
    store,
    databaseUrl: database.url,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await withClient(database.url, (client) => client.query(`update read_store.rebuild set state = 'running'`));
  start();
  await sleep(3_000);
  await expect(requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false })).resolves.toMatchObject({
    state: 'requested',
  });
});

test('a rebuild may be asked for of the version that is live, also where another one was stopped in its own', async () => {
  await projectAll(database.url, store, 500);
  let folds = 0;
  const other = start({
    set: OTHER_VERSION,
    startFolders: () => ({
      count: 1,
      fold: () => ((folds += 1), sleep(1_000).then(() => ({ events: 1 }))),
      close: async () => undefined,
    }),
  });
  await until(async () => folds > 0);
  other.stop.abort();
  await other.ended;
  start();
  await sleep(3_000);
  const state = (await latest())?.state;
  const asked = await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false }).catch(
    (error: unknown) => error,
  );
  await sleep(3_000);
  expect([state, asked, (await latest())?.state]).toMatchObject(['running', { state: 'requested' }, 'switched']);
});

test('a rebuild that is asked for is carried out, also where another version of the program left one unfinished', async () => {
  await projectAll(database.url, store, 500);
  const stop = new AbortController();
  const result = await rebuild({ set: OTHER_VERSION, store, databaseUrl: database.url, byProjector: true, signal: stop.signal, onProgress: () => stop.abort() }); // prettier-ignore
  expect(result).toEqual({ outcome: 'givenUp' });
  start();
  await sleep(1_500);
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false });
  await sleep(3_500);
  expect((await latest())?.state).toBe('switched');
});

test('only the version that waits can be approved, and the others say which that is', async () => {
  await projectAll(database.url, store, 500);
  await rebuild({ set: OTHER_VERSION, store, databaseUrl: database.url });
  await expect(approveRebuild(READ_MODELS, readStore)).rejects.toMatchObject({
    code: 'nothingToApprove',
    message: expect.stringContaining(fingerprintOf(OTHER_VERSION)),
  });
  expect(await approveRebuild(OTHER_VERSION, readStore)).toMatchObject({ state: 'requested' });
});

test('a new version that is cancelled while the disk is full ends', async () => {
  await projectAll(database.url, store, 500);
  let folds = 0;
  const { ended } = start({
    set: OTHER_VERSION,
    startFolders: () => ({
      count: 1,
      fold: () => ((folds += 1), Promise.reject(Object.assign(new Error('could not extend file'), { code: '53100' }))),
      close: async () => undefined,
    }),
  });
  await until(async () => folds > 3);
  expect(await cancelRebuild({ set: READ_MODELS, databaseUrl: database.url })).toBe(true);
  expect(await Promise.race([ended, sleep(12_000)])).toMatchObject({ code: 'rebuildCancelled' });
  expect((await rebuildStatusOf(READ_MODELS, readStore, 9)).map(({ state }) => state)).toEqual(['cancelled']);
});

test('live is followed on at once where only the connection of following is lost during a rebuild', async () => {
  start();
  await untilLive(LIVE_1());
  await withClient(database.url, async (holder) => {
    const { rows } = await holder.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'bestendig projector'`,
    );
    expect(rows).toHaveLength(1);
    await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false });
    await until(async () => (await builds()).some((line) => line.startsWith('building')));
    // As an index or a comparison that takes long.
    await holder.query('begin');
    await holder.query('lock table read_model_2.placement in row exclusive mode');
    await sleep(1_500);
    await holder.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await appendTo(store, log.slice(-10));
    await sleep(10_000);
    const then = await liveText();
    await holder.query('rollback');
    await until(async () => (await liveText())?.endsWith(`${log.length}`) === true);
    expect(then).toBe(`live read_model_1 ${log.length}`);
  });
});

test('what was approved once does not make a comparison of other rows succeed', async () => {
  await projectAll(database.url, store, 500);
  const stop = new AbortController();
  await rebuild({
    set: READ_MODELS,
    store,
    databaseUrl: database.url,
    approve: true,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await withClient(database.url, (client) => client.query('delete from read_model_1.spell'));
  await expect(rebuild({ set: READ_MODELS, store, databaseUrl: database.url, onlyVerify: true })).rejects.toMatchObject(
    { code: 'checksumDiffers' },
  );
});

test('the step that is told is the one that it is at', async () => {
  await projectAll(database.url, store, 500);
  await withClient(database.url, async (reader) => {
    const steps: string[] = [];
    const holding = (async () => {
      await until(async () => (await builds()).some((line) => line.startsWith('building')));
      await reader.query('begin');
      await reader.query('lock table read_model_2.placement in row exclusive mode');
    })();
    const rebuilding = rebuild({
      set: READ_MODELS,
      store,
      databaseUrl: database.url,
      onProgress: ({ step }) => steps.push(step),
    });
    await holding;
    await until(async () => steps.includes('index'));
    await sleep(3_000);
    const record = await latest();
    await reader.query('rollback');
    await rebuilding;
    expect(record?.step).toBe('index');
  });
});

test('a program goes on where a newer one has migrated the database beside it', async () => {
  await projectAll(database.url, store, 500);
  await withClient(database.url, (client) =>
    client.query(
      `insert into read_store.migration select '0099-of-a-newer-version', timestamp from read_store.migration limit 1`,
    ),
  );
  const { ended } = start();
  expect(await Promise.race([ended, sleep(3_000, 'goes on')])).toBe('goes on');
});

test('rows that differ are told with examples also where they are equal but for how many there are', async () => {
  await projectAll(database.url, store, 500);
  await withClient(database.url, async (client) => {
    await client.query('alter table read_model_1.spell drop constraint spell_pkey');
    await client.query('insert into read_model_1.spell select * from read_model_1.spell limit 1');
  });
  const error = await rebuild({ set: READ_MODELS, store, databaseUrl: database.url }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'checksumDiffers',
    differences: [{ table: 'spell', examples: [expect.stringMatching(/^[0-9a-f-]{36}$/)] }],
  });
});

test('cancelled while the disk is full stays cancelled', async () => {
  await projectAll(database.url, store, 500);
  start({
    startFolders: () => ({
      count: 1,
      fold: () => Promise.reject(Object.assign(new Error('could not extend file'), { code: '53100' })),
      close: async () => undefined,
    }),
  });
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false });
  await until(async () => (await latest())?.result?.code === '53100');
  expect(await cancelRebuild({ set: READ_MODELS, databaseUrl: database.url })).toBe(true);
  await sleep(8_000);
  expect((await rebuildStatusOf(READ_MODELS, readStore, 9)).map(({ state }) => state)).toEqual(['cancelled']);
});

test('connections that are cut leave a rebuild to be gone on with by itself', async () => {
  await projectAll(database.url, store, 500);
  let folds = 0;
  start({
    startFolders: () => ({
      count: 1,
      fold: () => ((folds += 1), sleep(1_000).then(() => Promise.reject(Object.assign(new Error('terminating connection'), { code: '57P01' })))), // prettier-ignore
      close: async () => undefined,
    }),
  });
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false });
  await until(async () => folds === 1);
  await withClient(database.url, (client) => client.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name in ('bestendig projector', 'bestendig rebuild (requests)', 'bestendig rebuild (progress)')`)); // prettier-ignore
  await sleep(14_000);
  expect([(await latest())?.state, folds > 1]).toEqual(['running', true]);
});

test.each([5])('connections cut at any time leave a requested rebuild to end (%d)', async (round) => {
  start();
  await until(async () => (await builds())[0] === `live read_model_1 ${log.length - 10}`);
  await requestRebuild(READ_MODELS, readStore, { onlyVerify: false, approved: false });
  const cuts = 3 + round;
  for (let cut = 0; cut < cuts; cut += 1) {
    await sleep(((round * 7919 + cut * 104729) % 900) + 20);
    await withClient(database.url, (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and application_name in ('bestendig projector', 'bestendig rebuild (requests)', 'bestendig rebuild (progress)', 'bestendig rebuild (index)') and ($1 = 0 or pid % $1 = 0)`,
        [cut % 3],
      ),
    );
  }
  const end = Date.now() + 25_000;
  while (Date.now() < end && (await latest())?.state !== 'switched') await sleep(100);
  const states = (await rebuildStatusOf(READ_MODELS, readStore, 9)).map(
    ({ state, result }) => `${state} ${result?.code ?? ''}`,
  );
  // A cut while the build is begun takes its number with it: the numbers of builds have gaps.
  expect([states, (await builds()).map((line) => line.split(' ').slice(0, 2).join(' '))]).toEqual([
    ['switched '],
    [expect.stringMatching(/^live read_model_[2-9]$/u), 'kept read_model_1'],
  ]);
});
