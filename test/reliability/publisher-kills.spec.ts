import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithKafka } from '@bestendig/testing';
import fc from 'fast-check';
import { manyPlacements } from '../e2e/kafka/many-placements';
import { dataOf, idOf, isSaid, keyOf, outOfOrder, saidOtherwise, viewsOf, withoutChanged } from '../e2e/kafka/published';
import { RunningPublisher } from '../e2e/kafka/running-publisher';
import { allOf } from '../e2e/kafka/whole-topic';
import { appendTo } from '../read-models/random-logs';
import { build, type Built } from './built';

const KILLS = Number(process.env['KILLS'] ?? 4);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
/** Some thousands of events: a few pages. */
const LOGS = 200;
/** A process that was started begins to publish after about so long. */
const START_MS = 500;

jest.setTimeout(120_000 + KILLS * 10_000);

describeWithKafka(`the publisher killed ${KILLS} times (seed ${SEED})`, (broker) => {
  let [built, publisher]: [Built, RunningPublisher] = [null as never, null as never];
  let running: ChildProcess | null = null;
  const start = (): void => {
    const { PATH, HOME, TMPDIR } = process.env;
    const { placementsTopic, stateTopic, databaseUrl } = publisher.options;
    const env = { PATH, HOME, TMPDIR, DATABASE_URL: databaseUrl, KAFKA_BROKERS: broker().broker, PLACEMENTS_TOPIC: placementsTopic, PLACEMENT_STATE_TOPIC: stateTopic, LOG_LEVEL: 'fatal' };
    running = spawn(process.execPath, [join(dirname(built.main), '../../publisher/src/main.js')], { env, stdio: 'ignore' });
  };
  beforeAll(async () => {
    built = await build();
    publisher = await RunningPublisher.make(broker().broker);
  });
  afterAll(async () => {
    running?.kill('SIGKILL');
    await publisher.close();
    built.remove();
  });

  test('no last state is missing, no id has two contents, and each placement is told in order', async () => {
    const log = manyPlacements(LOGS, SEED);
    // Much at once, so that it is killed amid pages, and a little between any two kills.
    const [backlog, rest] = [log.slice(0, log.length / 2), log.slice(log.length / 2)];
    const chance = fc.sample(fc.integer({ min: 0, max: 900 }), { seed: SEED, numRuns: KILLS });
    await appendTo(publisher.store, backlog);
    start();
    for (const [kill, waitMs] of chance.entries()) {
      await sleep(START_MS + waitMs);
      running?.kill('SIGKILL');
      start();
      await appendTo(publisher.store, rest.filter((_, at) => Math.floor((at * KILLS) / rest.length) === kill)); // prettier-ignore
    }
    await publisher.published();
    const [told, states] = [await publisher.changes(), await allOf(publisher.kafka, publisher.options.stateTopic)];
    expect(saidOtherwise([...told, ...states])).toEqual([]);
    expect(outOfOrder(told)).toEqual([]);
    const last = new Map(told.map((message) => [keyOf(message), withoutChanged(dataOf(message))]));
    const views = [...(await viewsOf(publisher.store))].filter(([, view]) => isSaid(view));
    for (const [placementId, view] of views) expect(last.get(placementId)).toEqual(view);
    process.stdout.write(`publisher: ${KILLS} kills, ${told.length} messages told, ${new Set(told.map(idOf)).size} of them different, ${views.length} placements; seed ${SEED}\n`);
  });
});
