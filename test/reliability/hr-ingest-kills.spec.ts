import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { openEventStore, type EventStore } from '@bestendig/event-store';
import { openIntake, type Intake } from '@bestendig/intake';
import { openKafka, type Kafka } from '@bestendig/kafka';
import { createTestDatabase, describeWithKafka, type TestDatabase } from '@bestendig/testing';
import { build, type Built } from './built';
import { deliver, expectHandledOnce, inDisorder, startIngest, uniqueTopics } from './ingest-checks';
import type { Delivered } from './undisturbed';

const KILLS = Number(process.env['KILLS'] ?? 5);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
/** Messages before each kill. */
const WAVE = 150;

jest.setTimeout(180_000 + KILLS * 15_000);

describeWithKafka(
  `hr-ingest killed ${KILLS} times, and its broker too (seed ${SEED})`,
  (broker) => {
    const topics = uniqueTopics();
    const ingests: ChildProcess[] = [];
    let [built, database, store, intake, kafka]: [Built, TestDatabase, EventStore, Intake, Kafka] = [null as never, null as never, null as never, null as never, null as never]; // prettier-ignore
    const start = (): void => void ingests.push(startIngest(built, database.url, broker().broker, topics));
    beforeAll(async () => {
      built = await build();
      database = await createTestDatabase();
      store = await openEventStore({ databaseUrl: database.url, eventStoreDb: null });
      intake = await openIntake(database.url);
      kafka = openKafka({ brokers: [broker().broker], clientId: 'test', tls: false, sasl: null });
      await kafka.makeTopics([{ name: topics.facts, partitions: 3 }]);
    });
    afterAll(async () => {
      for (const ingest of ingests) ingest.kill('SIGKILL');
      await Promise.all([store.close(), intake.close(), kafka.close()]);
      await database.drop();
      built.remove();
    });

    test('every message has one first outcome, told and in the ledger, and the facts are those of an undisturbed run', async () => {
      const messages = inDisorder(KILLS * WAVE, SEED);
      const chances = fc.sample(
        fc.record({ pauseMs: fc.integer({ min: 0, max: 2_500 }), broker: fc.integer({ min: 0, max: 3 }) }),
        { seed: SEED, numRuns: KILLS },
      );
      const sender = await kafka.openSender();
      const deliveries: Delivered[] = [];
      const certain = SEED % KILLS;
      // Two of them: partitions move when one is killed, and when it is there again.
      start();
      start();
      for (const [kill, { pauseMs, broker: chance }] of chances.entries()) {
        deliveries.push(...(await deliver(sender, topics.facts, messages.slice(kill * WAVE, (kill + 1) * WAVE))));
        await sleep(500 + pauseMs);
        ingests.shift()?.kill('SIGKILL');
        if (chance === 0 || kill === certain) {
          await broker().own?.kill();
          await broker().own?.start();
        }
        start();
      }
      const counts = await expectHandledOnce({ kafka, store, intake, topics }, deliveries);
      // eslint-disable-next-line no-console
      console.info(
        `hr-ingest: ${KILLS} kills, ${deliveries.length} deliveries: ${JSON.stringify(counts)}; seed ${SEED}`,
      );
      await sender.close();
    });
  },
  { mustBeOwn: true },
);
