import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgresEventStore, type Position } from '@bestendig/event-store';
import { useDatabase } from '@bestendig/local-postgres';
import { describeWhere } from '@bestendig/testing';
import { registered, SOURCE } from '../e2e/api/messages';
import { build, launch, until, type Built, type Ended, type Running } from './built';
import { DataFolders, historyText, readKept, type Kept } from './data-folder';
import { JumpingClock, NO_FAKETIME, sweepShared } from './jumping-clock';

/**
 * Server, import and rebuild run on one data folder while clocks are set: one that the server and PostgreSQL see, and one
 * of the machine that the commands run on. CLOCK_SECONDS says for how long, CLOCK_SEED which jumps.
 */
const SECONDS = Number(process.env['CLOCK_SECONDS'] ?? 6);
const SEED = Number(process.env['CLOCK_SEED'] ?? 1);
const SECRET = '5e'.repeat(32);
const PLACEMENTS = 150;
const PAUSE_MS_MAX = 500;
const POST_PAUSE_MS = 50;
const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Seconds ahead of the true time, one after the other. The other clock is set to anything in between. */
const JUMPS = [2 * HOUR, -HOUR, 3 * DAY, 2 * DAY, -3 * DAY, 45 * DAY, -60 * DAY, 0];
const SPAN = 120 * DAY;
/** A fact is shown within so many seconds, however the clock stands. */
const SHOWN_SECONDS = 10;

const folders = new DataFolders();
let built: Built;
let history: string;

describeWhere(NO_FAKETIME, 'clocks that jump', () => {
  beforeAll(async () => {
    sweepShared();
    built = await build();
    history = historyText({ placements: PLACEMENTS, seed: 7, errors: 0.004 });
  }, 60_000);
  afterAll(async () => {
    await folders.removeAll();
    built.remove();
    sweepShared();
  });

  test(
    `nothing is lost, doubled or kept waiting, and known times never go back (seed ${SEED})`,
    async () => {
      const folder = await folderWithHistory();
      const [serverClock, commandClock] = [new JumpingClock(folder, 'server'), new JumpingClock(folder, 'commands')];
      const server = run(['start'], folder, serverClock);
      const url = await addressOf(server);
      const over = new AbortController();
      const commands = [[['import', 'history.csv']], [['rebuild'], ['rebuild', '--verify']]].map((turns) =>
        repeat(turns, folder, commandClock, over.signal),
      );
      const jumps = jump(serverClock, commandClock, over.signal);
      const shown: string[] = [];
      const recorded = async (): Promise<void> => {
        const number = shown.length;
        const { outcome, position } = await post(url, number);
        expect(outcome).toBe('accepted');
        shown.push(await isShown(url, number, position));
      };
      for (const end = performance.now() + SECONDS * 1_000; performance.now() < end; await sleep(POST_PAUSE_MS))
        await recorded();
      over.abort();
      const jumped = await jumps;
      const ends = (await Promise.all(commands)).flat();
      expect(ends.filter(({ code }) => code !== 0)).toEqual([]);

      // Far behind all that was recorded, what is recorded next is shown as soon.
      serverClock.set(-SPAN);
      await recorded();
      expect(shown).toEqual(shown.map(() => '1 in time'));
      expect((await post(url, 0)).outcome).toBe('duplicate');
      server.child.kill('SIGINT');
      expect(await server.ended).toMatchObject({ code: 0 });

      expect(await readApart(folder)).toEqual(await undisturbed(shown.length));
      expect(await timesThatGoBack(folder)).toEqual([]);
      const verified = await run(['rebuild', '--verify'], folder, commandClock).ended;
      expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('the same rows as live') as string });
      process.stdout.write(
        `seed ${SEED}: ${jumped} jumps of two clocks during ${ends.length} commands and ${shown.length} messages: none lost, none doubled, known times ascend, the read models equal a rebuild.\n`,
      );
    },
    (SECONDS + 120) * 1_000,
  );
});

const run = (args: readonly string[], folder: string, clock?: JumpingClock): Running =>
  launch(built.main, args, { BESTENDIG_DATA: folder, BESTENDIG_SECRET: SECRET, ...clock?.environment });

/** Of a server that answers from its read models. */
async function addressOf(server: Running): Promise<string> {
  const url = (await until(server, /is up: (http:\S+)/))[1] ?? '';
  while (!(await fetch(`${url}/v1/placements`)).ok) await sleep(50);
  return url;
}

/** Sets both clocks at random moments until it is over. @returns how often */
async function jump(serverClock: JumpingClock, commandClock: JumpingClock, signal: AbortSignal): Promise<number> {
  const random = randomNumbers(SEED);
  let jumps = 0;
  for (; !signal.aborted; jumps += 2) {
    serverClock.set(JUMPS[(jumps / 2) % JUMPS.length] ?? 0);
    commandClock.set((random() - 0.5) * SPAN);
    await sleep(random() * PAUSE_MS_MAX);
  }
  return jumps;
}

/** Runs commands in turn, each at least once. */
async function repeat(
  turns: readonly (readonly string[])[],
  folder: string,
  clock: JumpingClock,
  signal: AbortSignal,
): Promise<readonly Ended[]> {
  const ends: Ended[] = [];
  do for (const args of turns) ends.push(await run(args, folder, clock).ended);
  while (!signal.aborted);
  return ends;
}

async function folderWithHistory(): Promise<string> {
  const folder = await folders.make();
  writeFileSync(join(folder, 'history.csv'), history);
  return folder;
}

/** What the same messages come to where nobody touches the clock. */
async function undisturbed(messages: number): Promise<Kept> {
  const folder = await folderWithHistory();
  expect(await run(['import', 'history.csv'], folder).ended).toMatchObject({ code: 0 });
  const server = run(['start'], folder);
  const url = await addressOf(server);
  for (let number = 0; number < messages; number += 1) await post(url, number);
  await post(url, 0);
  server.child.kill('SIGINT');
  await server.ended;
  return readApart(folder);
}

/** The id of a request by HTTP is another each time. */
async function readApart(folder: string): Promise<Kept> {
  const { deliveries, ...kept } = await readKept(folder);
  return { ...kept, deliveries: deliveries.map((row) => row.replace(/^http:\S+/, 'http')).sort() };
}

const employmentOf = (number: number): string => `E-clock-${number}`;

type Posted = { readonly outcome: string; readonly position: string };

/** Registers a placement by HTTP. */
async function post(url: string, number: number): Promise<Posted> {
  const envelope = { id: `clock-${number}`, time: '2014-03-03T09:00:00Z' };
  const message = registered(employmentOf(number), `P-clock-${number}`, { effectiveDate: '2014-03-01' }, envelope);
  const { results } = (await ask(`${url}/v1/hr-facts`, message, {
    'content-type': 'application/cloudevents+json',
  })) as { readonly results: readonly Posted[] };
  return results[0] ?? { outcome: 'none', position: '' };
}

/** Asks the read models for a placement that was just registered: how many they know, and whether they knew in time. */
async function isShown(url: string, number: number, position: string): Promise<string> {
  const asked = performance.now();
  const search = `${url}/v1/placements/_search?minPosition=${encodeURIComponent(position)}`;
  const answer = await ask(
    search,
    { source: SOURCE, employment: employmentOf(number) },
    { 'content-type': 'application/json', prefer: `wait=${SHOWN_SECONDS}` },
  );
  const { placements, code } = answer as { readonly placements?: readonly unknown[]; readonly code?: string };
  const seconds = (performance.now() - asked) / 1_000;
  return `${code ?? placements?.length ?? 0} ${seconds < SHOWN_SECONDS ? 'in time' : `after ${seconds.toFixed(0)} s`}`;
}

async function ask(url: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const signal = AbortSignal.timeout(2 * SHOWN_SECONDS * 1_000);
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal })).json();
}

/** Pairs of recordedAt in the order of the log of which the second is before the first. */
async function timesThatGoBack(folder: string): Promise<readonly string[]> {
  const database = await useDatabase({ folder, onLost: () => undefined });
  try {
    const store = await openPostgresEventStore({ databaseUrl: database.url, maxConnections: 3 });
    const back: string[] = [];
    let before = '';
    for (let from: Position | null = null; ;) {
      const { events, next, atHead } = await store.readAll(from, { limit: 5_000 });
      for (const { recordedAt, knownTime } of events) {
        if (recordedAt < before || knownTime !== recordedAt) back.push(`${before} ${recordedAt} ${knownTime}`);
        before = recordedAt;
      }
      if (atHead || next === null) break;
      from = next;
    }
    await store.close();
    return back;
  } finally {
    await database.leave();
  }
}

/** The same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
