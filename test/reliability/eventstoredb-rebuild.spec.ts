import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore, type EventStore } from '@bestendig/event-store';
import { eventStoreDbCommand, NO_COMMAND, OwnServer } from '@bestendig/event-store/testing';
import { connectForParts, copyStep, foldPart, rebuild, type LogCopyTask, type PartTask, type RebuildOptions } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { createTestDatabase, describeWhere, type TestDatabase } from '@bestendig/testing';
import type { Client } from 'pg';
import { projectAll, rowsIn } from '../read-models/built-rows';
import { appendTo, someLog } from '../read-models/random-logs';

/** No rebuild may stand still for longer, whatever the server does. */
const ANSWER_MS_MAX = 60_000;
const command = eventStoreDbCommand();

describeWhere(command === null ? NO_COMMAND : null, 'a rebuild while its EventStoreDB is killed or frozen', () => {
  let server: OwnServer;
  let database: TestDatabase;
  let store: EventStore;
  let client: Client;
  let folder: string;
  const log = someLog();

  beforeAll(async () => {
    server = await OwnServer.start(command ?? '');
    database = await createTestDatabase();
    store = await openEventStore({ eventStoreDb: { url: server.url, namespace: `r${randomUUID().replaceAll('-', '').slice(0, 12)}` }, databaseUrl: database.url });
    client = await connectForParts(database.url);
    folder = mkdtempSync(join(tmpdir(), 'bestendig-copies-'));
    await appendTo(store, log);
    await projectAll(database.url, store, 500);
  }, 180_000);
  afterAll(async () => {
    await client.end();
    await store.close();
    await database.drop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  type During = {
    /** Before a step of the copy, and after it. */
    copy?(task: LogCopyTask, step: number): void | Promise<void>;
    copied?(task: LogCopyTask): void;
    fold?(task: PartTask): void | Promise<void>;
  };

  /** A rebuild in steps so short that a small log takes many. */
  function rebuildWhile({ copy, copied, fold }: During, options: Partial<RebuildOptions> = {}): ReturnType<typeof rebuild> {
    let steps = 0;
    const folders: RebuildOptions['folders'] = {
      count: 1,
      copyFolder: folder,
      copy: async (task) => {
        await copy?.(task, (steps += 1));
        const done = await copyStep({ store, client }, task, { pageEvents: 5, stepEvents: 10 });
        copied?.(task);
        return done;
      },
      fold: async (task) => {
        await fold?.(task);
        return foldPart({ set: READ_MODELS, store: task.copy === undefined ? store : null, client }, task);
      },
    };
    return rebuild({ set: READ_MODELS, store, databaseUrl: database.url, folders, ...options });
  }

  /** The rebuild is run again until it ends, as its operator would. */
  async function rebuiltAtLast(again: () => ReturnType<typeof rebuild>): Promise<void> {
    for (const untilMs = performance.now() + ANSWER_MS_MAX; ; ) {
      const result = await again().catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'unavailable' });
        if (performance.now() > untilMs) throw error;
        return null;
      });
      if (result === null) continue;
      expect(result).toMatchObject({ outcome: 'switched', compared: 'sameAsLive', events: log.length, differences: [] });
      expect(readdirSync(folder)).toEqual([]);
      return;
    }
  }

  const schemasOfRows = async (): Promise<readonly string[]> => {
    const { rows } = await client.query<{ name: string }>(`select nspname as name from pg_namespace where nspname ~ '^read_model_[0-9]+$' order by length(nspname), nspname`);
    return rows.map(({ name }) => name);
  };

  test('killed in the middle of the copy, it says that the store is away, and goes on where it was', async () => {
    let copiedAgain = 0;
    const kill = async (task: LogCopyTask, step: number): Promise<void> => {
      if (task.step === 'copy' && step === 4) await server.kill();
    };
    await expect(rebuildWhile({ copy: kill })).rejects.toMatchObject({ code: 'unavailable' });
    expect(readdirSync(folder)).toHaveLength(1);
    await server.startAgain(false);
    const copied = ({ step }: LogCopyTask): void => void (copiedAgain += step === 'copy' ? 1 : 0);
    await rebuiltAtLast(() => rebuildWhile({ copied }));
    // Three were done before.
    expect(copiedAgain).toBe(Math.ceil(log.length / 10) - 3);
    const [before = '', after = ''] = (await schemasOfRows()).slice(-2);
    expect(await rowsIn(database.url, after)).toEqual(await rowsIn(database.url, before));
  }, 180_000);

  test('killed when all is copied, it needs it no more', async () => {
    const fold = (): Promise<void> => server.kill();
    expect(await rebuildWhile({ fold })).toMatchObject({ outcome: 'switched', compared: 'sameAsLive', events: log.length });
    expect(readdirSync(folder)).toEqual([]);
    await server.startAgain();
  }, 180_000);

  test.each(['copy', 'fold'] as const)('frozen while it is at its step %s, it stands still no longer than is bearable; thawed, it goes on', async (step) => {
    const freeze = (task: LogCopyTask, at: number): void => void (step === 'copy' && task.step === 'copy' && at === 3 && server.freeze());
    const startedMs = performance.now();
    const ended = await rebuildWhile({ copy: freeze, fold: () => void (step === 'fold' && server.freeze()) }).then(() => 'rebuilt', (error: unknown) => error); // prettier-ignore
    if (ended !== 'rebuilt') expect(ended).toMatchObject({ code: 'unavailable' });
    expect(performance.now() - startedMs).toBeLessThan(ANSWER_MS_MAX);
    server.thaw();
    if (ended !== 'rebuilt') await rebuiltAtLast(() => rebuildWhile({}));
  }, 180_000);

  test('killed again and again under rebuilds from the copy and from the store, each ends with the rows that live has', async () => {
    for (let round = 0; round < 3; round += 1) {
      const timer = setTimeout(() => void server.kill().then(() => server.startAgain(false)), 100 + round * 250);
      await rebuiltAtLast(() => (round === 1 ? rebuild({ set: READ_MODELS, store, databaseUrl: database.url }) : rebuildWhile({})));
      clearTimeout(timer);
    }
    await server.kill();
    await server.startAgain();
    await rebuiltAtLast(() => rebuildWhile({}));
  }, 240_000);
});
