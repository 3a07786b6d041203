import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { claimServer, initCluster, runningServer, serverOf, stopCluster, useDatabase } from '.';

const never = (reason: Error) => {
  throw reason;
};

let folder: string;
// One folder for all: making a cluster takes longest, and the first test does it.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bestendig-local-'));
  chmodSync(folder, 0o711);
});
afterAll(async () => {
  await stopCluster(await initCluster(folder), 'immediate');
  rmSync(folder, { recursive: true, force: true });
});

const use = () => useDatabase({ folder, onLost: never });
const postmaster = () => Number(readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);

async function query<Row extends object>(url: string, sql: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Row>(sql);
  await client.end();
  return rows;
}

test('four that come at once to a new folder share one server, and the last to leave stops it', async () => {
  const users = await Promise.all([use(), use(), use(), use()]);
  expect(new Set(users.map(({ url }) => url)).size).toBe(1);
  expect(users.filter(({ server }) => server === 'started')).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['postgres']);
  const left = await Promise.all(users.slice(1).map((user) => user.leave()));
  expect(left).toEqual(['stillUsed', 'stillUsed', 'stillUsed']);
  expect(await users[0]?.leave()).toBe('stopped');
  expect(runningServer(await initCluster(folder))).toBeNull();
});

test('of two that leave at once, one stops the server; who comes meanwhile waits and starts it again', async () => {
  const [one, two] = [await use(), await use()];
  const leaving = Promise.all([one.leave(), two.leave()]);
  const three = await use();
  expect(await leaving).toContain('stopped');
  expect(await query(three.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(await three.leave()).toBe('stopped');
});

test('after kill -9 of the server what was committed is there, and a user that still lives gets it back at the same address', async () => {
  const told: string[] = [];
  const user = await useDatabase({ folder, onLost: never, onOutage: (now) => told.push(now) });
  await query(user.url, 'create table kept (id int)');
  process.kill(postmaster(), 'SIGKILL');
  const next = await use();
  expect(await query(next.url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
  expect(next.url).toBe(user.url);
  while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(told).toEqual(['away', 'back']);
  await Promise.all([next.leave(), user.leave()]);
  expect(runningServer(await initCluster(folder))).toBeNull();
});

test('a server left behind is adopted and stopped; a postmaster.pid of another process and a half-made cluster are cleared away', async () => {
  const cluster = await initCluster(folder);
  const first = await use();
  await first.leave();
  const halfMade = join(folder, 'postgres.init-999999999-abcd');
  mkdirSync(halfMade);
  writeFileSync(join(cluster.dataDir, 'postmaster.pid'), `${process.pid}\n${cluster.dataDir}\n1\n5432\n\n127.0.0.1\n\nready\n`);
  const second = await use();
  expect(second.server).toBe('started');
  expect(existsSync(halfMade)).toBe(false);
  await second.leave();
});

test('one server owns a database; a second is told where the first is; its lock dies with its session', async () => {
  const user = await use();
  expect(await serverOf(user.url)).toBeNull();
  const first = await claimServer(user.url, never);
  if (!('owner' in first)) throw new Error('not claimed');
  expect(await claimServer(user.url, never)).toEqual({ heldBy: '' });
  await first.owner.announce('http://127.0.0.1:8080');
  expect(await claimServer(user.url, never)).toEqual({ heldBy: 'http://127.0.0.1:8080' });
  expect(await serverOf(user.url)).toBe('http://127.0.0.1:8080');
  await first.owner.release();
  const second = await claimServer(user.url, never);
  expect('owner' in second).toBe(true);
  if ('owner' in second) await second.owner.release();
  await user.leave();
});

test('a database of one’s own is used as it is, and an address that does not answer is a coded error', async () => {
  const given = process.env['BESTENDIG_TEST_DATABASE_URL'] ?? '';
  const own = await useDatabase({ folder, databaseUrl: given, onLost: never });
  expect(own).toMatchObject({ url: given, server: 'own' });
  expect(await own.leave()).toBe('own');
  await expect(useDatabase({ folder, databaseUrl: 'postgres://secret:pass@127.0.0.1:1/x', onLost: never })).rejects.toMatchObject({
    code: 'notAnswering',
    message: expect.not.stringContaining('pass') as string,
  });
});
