import { spawnSync, type ChildProcess } from 'node:child_process';
import { openEventStore } from '@bestendig/event-store';
import { APPEND_GATES } from '@bestendig/event-store/testing';
import { openIntake } from '@bestendig/intake';
import { openKafka, type Kafka } from '@bestendig/kafka';
import { connectionString, initCluster, runningServer, startCluster, type Cluster } from '@bestendig/local-postgres';
import { describeWithKafka } from '@bestendig/testing';
import { Client } from 'pg';
import { until } from '../e2e/kafka/running-ingest';
import { build, type Built } from './built';
import { DataFolders } from './data-folder';
import { deliver, expectHandledOnce, inDisorder, killIngest, startIngest, uniqueTopics } from './ingest-checks';
import type { Delivered } from './undisturbed';

const MESSAGES = 3_000;
/** Sent at once. */
const CHUNK = 50;
const BETWEEN = MESSAGES / 6;

/** What hr-ingest is at when PostgreSQL is killed: a table is kept from it until it waits. The commit of an append is on its way by then. */
const MOMENTS = [
  APPEND_GATES.atItsEvents,
  { lock: 'lock table intake.delivery in share mode', waiting: 'insert into intake.delivery%' },
] as const;

jest.setTimeout(120_000);

describeWithKafka(`hr-ingest, its PostgreSQL killed ${MOMENTS.length} times`, (broker) => {
  const folders = new DataFolders();
  const topics = uniqueTopics();
  let [built, cluster, kafka]: [Built, Cluster, Kafka] = [null as never, null as never, null as never];
  let ingest: ChildProcess | null = null;
  const start = (): Promise<void> => startCluster(cluster, { fsync: 'off' });
  beforeAll(async () => {
    built = await build();
    cluster = await initCluster(await folders.make());
    await start();
    kafka = openKafka({ brokers: [broker().broker], clientId: 'test', tls: false, sasl: null });
    await kafka.makeTopics([{ name: topics.facts, partitions: 3 }]);
  });
  afterAll(async () => {
    if (ingest !== null) await killIngest(ingest);
    await kafka.close();
    await folders.removeAll();
    built.remove();
  });

  test('nothing is skipped, nothing doubled, and the process lives through it', async () => {
    const url = connectionString(cluster);
    const messages = inDisorder(MESSAGES, 11);
    const deliveries: Delivered[] = [];
    const sender = await kafka.openSender();
    const sendUpTo = async (end: number): Promise<void> => {
      while (deliveries.length < end)
        deliveries.push(
          ...(await deliver(
            sender,
            topics.facts,
            messages.slice(deliveries.length, Math.min(end, deliveries.length + CHUNK)),
          )),
        );
    };
    ingest = startIngest(built, url, broker().broker, topics);
    for (const moment of MOMENTS) {
      const before = deliveries.length;
      await sendUpTo(before + BETWEEN);
      await until(async () => (await rowsIn(url)) > before);
      const session = await connected(url);
      await session.query(`begin; ${moment.lock}`);
      const sending = sendUpTo(before + 2 * BETWEEN);
      await until(async () => (await waitingIn(url, moment.waiting)) > 0);
      await killServer(cluster);
      void session.end().catch(() => undefined);
      await start();
      // Where it was: who waits for it knows no other address.
      expect(connectionString(cluster)).toBe(url);
      await sending;
    }
    await sendUpTo(MESSAGES);
    await sender.close();
    const [store, intake] = [await openEventStore({ databaseUrl: url, eventStoreDb: null }), await openIntake(url)];
    try {
      const counts = await expectHandledOnce({ kafka, store, intake, topics }, deliveries);
      expect(ingest.exitCode).toBeNull();
      // eslint-disable-next-line no-console
      console.info(
        `hr-ingest: PostgreSQL killed ${MOMENTS.length} times, ${deliveries.length} deliveries: ${JSON.stringify(counts)}`,
      );
    } finally {
      await Promise.all([store.close(), intake.close()]);
    }
  });
});

/** The server with every process of it, none of which writes anything more. */
async function killServer(cluster: Cluster): Promise<void> {
  const pid = runningServer(cluster)?.pid;
  if (pid === undefined) throw new Error('PostgreSQL does not run.');
  // Stopped first, so that it begins no other meanwhile.
  process.kill(pid, 'SIGSTOP');
  const all = [pid, ...processes().flatMap(({ id, parent }) => (parent === pid ? [id] : []))];
  for (const id of all) process.kill(id, 'SIGKILL');
  await until(async () => !processes().some(({ id, isOver }) => all.includes(id) && !isOver));
}

function processes(): readonly { readonly id: number; readonly parent: number; readonly isOver: boolean }[] {
  const lines = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).stdout.trim().split('\n');
  return lines.map((line) => {
    const [id, parent, state = ''] = line.trim().split(/\s+/);
    return { id: Number(id), parent: Number(parent), isOver: state.startsWith('Z') };
  });
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // It is lost with the server.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function asked(url: string, sql: string, values: readonly string[] = []): Promise<number> {
  const client = await connected(url);
  const { rows } = await client.query<{ n: number }>(sql, [...values]);
  await client.end();
  return rows[0]?.n ?? 0;
}

/** Before the first start of hr-ingest there is no table. */
const rowsIn = async (url: string): Promise<number> =>
  (await asked(url, `select (to_regclass('intake.delivery') is not null)::int as n`)) === 0
    ? 0
    : asked(url, 'select count(*)::int as n from intake.delivery');
const waitingIn = (url: string, what: string): Promise<number> =>
  asked(url, `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query like $1`, [
    what,
  ]);
