import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, launch, until, type Built, type Running } from './built';
import { DataFolders, killPostmaster, postmasterOf, readKept } from './data-folder';

const folders = new DataFolders();
let built: Built;

beforeAll(async () => {
  built = await build();
}, 60_000);
afterAll(async () => {
  await folders.removeAll();
  built.remove();
});

const start = (folder: string, ...flags: readonly string[]): Running => launch(built.main, ['start', ...flags], { BESTENDIG_DATA: folder });
const addressOf = async (running: Running): Promise<string> => (await until(running, /is up: (http:\S+)/))[1] ?? '';

async function stop(running: Running, signal: NodeJS.Signals): Promise<void> {
  running.child.kill(signal);
  expect(await running.ended).toMatchObject({ code: 0, signal: null });
}

/** The status of the API's health, tried until it is what is expected. */
async function healthOf(url: string, expected: number): Promise<number> {
  const limit = Date.now() + 30_000;
  for (;;) {
    const status = await fetch(`${url}/v1/health`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === expected || Date.now() > limit) return status;
    await sleep(100);
  }
}

test('a second start says where the first is and ends; Ctrl-C and SIGTERM end the first, and the database with it', async () => {
  const folder = await folders.make();
  const first = start(folder);
  const address = await addressOf(first);
  const second = await start(folder).ended;
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(address);
  expect(await healthOf(address, 200)).toBe(200);
  await stop(first, 'SIGINT');
  expect(existsSync(join(folder, 'postgres/data/postmaster.pid'))).toBe(false);
  const third = start(folder);
  await addressOf(third);
  await stop(third, 'SIGTERM');
});

test('after kill -9 the next start just works, on what the killed one left', async () => {
  const folder = await folders.make();
  const killed = start(folder);
  await addressOf(killed);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const left = postmasterOf(folder);
  const next = start(folder);
  expect(await healthOf(await addressOf(next), 200)).toBe(200);
  expect(postmasterOf(folder)).toBe(left);
  next.child.kill('SIGKILL');
  killPostmaster(folder);
  await next.ended;
  const last = start(folder);
  expect(await healthOf(await addressOf(last), 200)).toBe(200);
  await stop(last, 'SIGINT');
});

test('a server whose PostgreSQL is killed gets it back and answers again', async () => {
  const folder = await folders.make();
  const running = start(folder);
  const address = await addressOf(running);
  const killedServer = killPostmaster(folder);
  while ([null, killedServer].includes(postmasterOf(folder))) await sleep(20);
  expect(await healthOf(address, 200)).toBe(200);
  await stop(running, 'SIGINT');
});

test('a first start that is killed at any moment leaves nothing that the next one stumbles over', async () => {
  const folder = folders.next();
  for (const ms of [350, 700, 1_100, 1_600]) {
    const killed = start(folder);
    await sleep(ms);
    killed.child.kill('SIGKILL');
    await killed.ended;
  }
  const next = start(folder);
  expect(await healthOf(await addressOf(next), 200)).toBe(200);
  await stop(next, 'SIGINT');
});

test('a demo that is killed goes on at the next start, and is not imported again', async () => {
  const folder = await folders.make();
  const killed = start(folder, '--demo', '400');
  await until(killed, /is made and imported/);
  while (!existsSync(join(folder, 'demo/history.csv'))) await sleep(20);
  await sleep(1_500);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const next = start(folder, '--demo', '400');
  await until(next, /Cohort retention[\s\S]*as known a year earlier[\s\S]*Duurzaamheid/);
  await stop(next, 'SIGINT');
  const { facts } = await readKept(folder);
  const again = start(folder, '--demo');
  await until(again, /holds data already[\s\S]*Cohort retention/);
  await stop(again, 'SIGINT');
  expect((await readKept(folder)).facts).toEqual(facts);
  expect(facts.length).toBeGreaterThan(2_000);
});
