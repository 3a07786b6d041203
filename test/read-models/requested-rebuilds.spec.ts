import { setTimeout as sleep } from 'node:timers/promises';
import { approveRebuild, cancelRebuild, rebuild, rebuildStatusOf, requestRebuild } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { type Difference } from '@bestendig/read-store';
import { projectAll, rowsIn, withClient } from './built-rows';
import { appendTo } from './random-logs';
import {
  builds,
  database,
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
