import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, launch, type Built, type Ended, type Running } from './built';
import { DataFolders, historyText, killPostmaster, readKept, type Kept } from './data-folder';

/**
 * Server, import and rebuild run side by side on one data folder and are killed, and PostgreSQL with them, at random
 * moments; each is started again at once. STORM_KILLS and STORM_SECONDS say for how long, STORM_SEED which storm.
 */
const KILLS = Number(process.env['STORM_KILLS'] ?? 8);
const SECONDS = Number(process.env['STORM_SECONDS'] ?? 60);
const SEED = Number(process.env['STORM_SEED'] ?? 1);
const SECRET = '5e'.repeat(32);
const PLACEMENTS = 400;
const WAIT_MS_MAX = 2_500;

const folders = new DataFolders();
let built: Built;
let history: string;

beforeAll(async () => {
  built = await build();
  history = historyText({ placements: PLACEMENTS, seed: 7, errors: 0.004 });
}, 60_000);
afterAll(async () => {
  await folders.removeAll();
  built.remove();
});

const COMMANDS = { server: ['start'], import: ['import', 'history.csv'], rebuild: ['rebuild'] } as const;
type Actor = keyof typeof COMMANDS;
const ACTORS = Object.keys(COMMANDS) as readonly Actor[];
type Victim = Actor | 'postgres';
const VICTIMS: readonly Victim[] = [...ACTORS, ...ACTORS, 'postgres'];

/** What a command may say when PostgreSQL, or the build it makes, was taken from it. Anything else is a defect. */
const EXPECTED_ENDS = /run the same command again|went away|terminat|starting up|shutting down|not yet accepting|ECONNREFUSED|ECONNRESET|unavailable|rebuildRunning|already runs on this database/i;

/** Keeps one command running, and keeps account of how it ended. */
class Keeper {
  running: Running | null = null;
  readonly ends: Ended[] = [];
  private kept: Promise<void> | null = null;
  private isOver = false;

  constructor(
    private readonly actor: Actor,
    private readonly folder: string,
  ) {}

  start(): void {
    this.kept = this.keep();
  }

  private async keep(): Promise<void> {
    while (!this.isOver) {
      this.running = run(this.actor, this.folder);
      this.ends.push(await this.running.ended);
    }
  }

  kill(): void {
    this.running?.child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.isOver = true;
    this.running?.child.kill('SIGINT');
    await this.kept;
  }

  get done(): number {
    return this.ends.filter(({ code }) => code === 0).length;
  }

  get defects(): readonly string[] {
    return this.ends
      .filter(({ code, signal, stderr }) => signal === null && code !== 0 && code !== 130 && !EXPECTED_ENDS.test(stderr))
      .map(({ code, stdout, stderr }) => `${this.actor} ended with ${code}: ${stdout}${stderr}`);
  }
}

const run = (actor: Actor, folder: string): Running => launch(built.main, COMMANDS[actor], { BESTENDIG_DATA: folder, BESTENDIG_SECRET: SECRET });

async function folderWithHistory(): Promise<string> {
  const folder = await folders.make();
  writeFileSync(join(folder, 'history.csv'), history);
  return folder;
}

async function undisturbed(): Promise<Kept> {
  const folder = await folderWithHistory();
  expect(await run('import', folder).ended).toMatchObject({ code: 0 });
  return readKept(folder);
}

test(
  `whatever is killed while all of it runs, nothing is lost or doubled and every rebuild equals live (seed ${SEED})`,
  async () => {
    const expected = await undisturbed();
    const folder = await folderWithHistory();
    const keepers = new Map(ACTORS.map((actor) => [actor, new Keeper(actor, folder)]));
    for (const keeper of keepers.values()) keeper.start();
    const { kills, counts } = await kill(folder, keepers);
    for (const keeper of keepers.values()) await keeper.stop();
    const all = [...keepers.values()];

    expect(all.flatMap(({ defects }) => defects)).toEqual([]);
    expect(await run('import', folder).ended).toMatchObject({ code: 0 });
    expect(await readKept(folder)).toEqual(expected);
    const verified = await launch(built.main, ['rebuild', '--verify'], { BESTENDIG_DATA: folder, BESTENDIG_SECRET: SECRET }).ended;
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('the same rows as live') as string });
    process.stdout.write(
      `seed ${SEED}: ${kills} kills (${counts}); whole runs: ${all.map(({ done }, index) => `${ACTORS[index]} ${done}`).join(', ')}; ` +
        `${expected.facts.length} facts of ${expected.streams} streams: none lost, none doubled, the chain whole; the read models equal a rebuild.\n`,
    );
  },
  (SECONDS + 120) * 1_000,
);

async function kill(folder: string, keepers: ReadonlyMap<Actor, Keeper>): Promise<{ readonly kills: number; readonly counts: string }> {
  const random = randomNumbers(SEED);
  const counts = new Map<Victim, number>();
  const end = Date.now() + SECONDS * 1_000;
  let kills = 0;
  while (kills < KILLS && Date.now() < end) {
    await sleep(random() * WAIT_MS_MAX);
    const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'server';
    if (victim === 'postgres') killPostmaster(folder);
    else keepers.get(victim)?.kill();
    counts.set(victim, (counts.get(victim) ?? 0) + 1);
    kills += 1;
  }
  return { kills, counts: [...counts].map(([victim, count]) => `${victim} ${count}`).join(', ') };
}

/** The same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
