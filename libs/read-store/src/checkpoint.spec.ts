import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import { Client } from 'pg';
import {
  advance,
  createGeneration,
  generation,
  generationsOf,
  liveGeneration,
  lockSet,
  makeLive,
  openReadStore,
  progressed,
  removeGeneration,
  takeOver,
  type Generation,
  type Progress,
} from '.';

const SET = 'models';
const page = (position: string, events: number, ...knownTimes: readonly string[]): Progress => ({
  position,
  events,
  knownTimes,
  asReportedFrom: null,
});
const moment = (second: number): string => `2026-01-01T00:00:0${second}.000001Z`;

let database: TestDatabase;
let one: Client;
let other: Client;
let built: Generation;

beforeEach(async () => {
  database = await createTestDatabase();
  await (await openReadStore(database.url)).close();
  [one, other] = [new Client({ connectionString: database.url }), new Client({ connectionString: database.url })];
  await Promise.all([one.connect(), other.connect()]);
  await lockSet(one, SET);
  built = await createGeneration(one, {
    set: SET,
    fingerprint: 'f',
    createTables: async (client, schema) =>
      void (await client.query(`create table ${schema}.counted (page text primary key)`)),
  });
});
afterEach(async () => {
  await Promise.all([one.end(), other.end()]);
  await database.drop();
});

const count = (client: Client, name: string) => async (): Promise<void> =>
  void (await client.query(`insert into ${built.schema}.counted values ($1)`, [name]));

test('rows and checkpoint move together', async () => {
  expect(
    await advance(one, { from: built, progress: page('p3', 3, moment(1), moment(2)), apply: count(one, 'a') }),
  ).toBe(true);
  expect(await generation(one, built.number)).toMatchObject({
    position: 'p3',
    appliedEvents: 3,
    appliedKnownTime: moment(2),
    knownTimeBefore: moment(1),
  });
});

test('what fails leaves both as they were', async () => {
  const failing = advance(one, {
    from: built,
    progress: page('p1', 1, moment(1)),
    apply: async () => (await count(one, 'a')(), Promise.reject(new Error('cut off'))),
  });
  await expect(failing).rejects.toThrow('cut off');
  expect(await generation(one, built.number)).toEqual(built);
  expect((await one.query(`select from ${built.schema}.counted`)).rowCount).toBe(0);
});

test('of two who apply the same page at once, one does', async () => {
  const both = [one, other].map((client, index) =>
    advance(client, { from: built, progress: page('p1', 1, moment(1)), apply: count(client, `page ${index}`) }),
  );
  expect((await Promise.all(both)).sort()).toEqual([false, true]);
  expect((await one.query(`select from ${built.schema}.counted`)).rowCount).toBe(1);
});

test('whoever was taken over applies nothing more', async () => {
  await takeOver(other, SET);
  expect(await advance(one, { from: built, progress: page('p1', 1, moment(1)), apply: count(one, 'a') })).toBe(false);
});

test('a page that goes on within a known time keeps the one before', () => {
  const first = progressed(built, page('p2', 2, moment(1), moment(2)));
  expect(progressed(first, page('p3', 1, moment(2)))).toMatchObject({
    appliedKnownTime: moment(2),
    knownTimeBefore: moment(1),
    appliedEvents: 3,
  });
  expect(progressed(first, page('p4', 0))).toMatchObject({
    position: 'p4',
    appliedKnownTime: moment(2),
    knownTimeBefore: moment(1),
  });
  expect(progressed(first, page('p5', 2, moment(2), moment(3)))).toMatchObject({
    appliedKnownTime: moment(3),
    knownTimeBefore: moment(2),
  });
});

test('one build is live; what is live cannot be dropped', async () => {
  expect(await liveGeneration(one, SET)).toBeNull();
  await makeLive(one, SET, built.number);
  const next = await createGeneration(one, { set: SET, fingerprint: 'g', createTables: () => Promise.resolve() });
  await makeLive(one, SET, next.number);
  expect(await liveGeneration(one, SET)).toMatchObject({ number: next.number, fingerprint: 'g' });
  await removeGeneration(one, next.number);
  await removeGeneration(one, built.number);
  expect((await generationsOf(one, SET)).map(({ number, state }) => ({ number, state }))).toEqual([
    { number: next.number, state: 'live' },
  ]);
});
