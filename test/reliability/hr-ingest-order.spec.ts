import type { ChildProcess } from 'node:child_process';
import fc from 'fast-check';
import { openEventStore } from '@bestendig/event-store';
import { openIntake } from '@bestendig/intake';
import { openKafka, type Kafka } from '@bestendig/kafka';
import { createTestDatabase, describeWithKafka, type TestDatabase } from '@bestendig/testing';
import { Client } from 'pg';
import { hrMessage, registered, signed } from '../e2e/api/messages';
import { binary, until } from '../e2e/kafka/running-ingest';
import { allOf } from '../e2e/kafka/whole-topic';
import { build, type Built } from './built';
import { deliver, expectHandledOnce, inDisorder, killIngest, lagOf, startIngest, uniqueTopics, type Handled, type Message } from './ingest-checks'; // prettier-ignore
import { factsOf, timelinesOf } from './undisturbed';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const BSN = '123456782';
/** Of one that is refused. */
const KEY = 'key-that-nobody-may-see';

jest.setTimeout(180_000);

describeWithKafka(`hr-ingest, whatever comes when (seed ${SEED})`, (broker) => {
  let [built, kafka]: [Built, Kafka] = [null as never, null as never];
  beforeAll(async () => {
    built = await build();
    kafka = openKafka({ brokers: [broker().broker], clientId: 'test', tls: false, sasl: null });
  });
  afterAll(async () => {
    await kafka.close();
    built.remove();
  });
  const scene = (partitions: number): Promise<Scene> => Scene.make(built, kafka, broker().broker, partitions);

  test('two first facts of a job or a person, sent by two at once to two partitions: one placement for each job', async () => {
    const at = await scene(4);
    const pairs = Array.from({ length: 400 }, (_, n) => firstFacts(n));
    const senders = await Promise.all([kafka.openSender(), kafka.openSender()]);
    const sent = await Promise.all(
      senders.map((sender, who) =>
        deliver(sender, at.topics.facts, pairs.map((pair, n) => elsewhere(pair[who] ?? pair[0], n + 2 * who))),
      ),
    ); // prettier-ignore
    // Both have all of it before them at once.
    at.start();
    at.start();
    await expectHandledOnce(at, sent.flat());
    const facts = (await factsOf(at.store)).map((text) => JSON.parse(text) as readonly [string, string, string, { readonly candidateId?: string }]); // prettier-ignore
    const jobs = pairs.flat().map(({ message }) => message?.data.employment);
    expect(new Set(facts.map(([stream]) => stream)).size).toBe(new Set(jobs).size);
    const persons = pairs.flat().flatMap(({ message }) => message?.data.person ?? []);
    expect(new Set(facts.flatMap(([, , , { candidateId }]) => candidateId ?? [])).size).toBe(new Set(persons).size);
    await Promise.all(senders.map((sender) => sender.close()));
    await at.remove();
  });

  test('messages of different keys in another order, by another number of partitions: the same timelines', async () => {
    const messages = inDisorder(1_000, SEED);
    const timelines: object[] = [];
    for (const [partitions, order] of [[3, messages], [5, reordered(messages)]] as const) {
      const at = await scene(partitions);
      at.start();
      const sender = await kafka.openSender();
      await expectHandledOnce(at, await deliver(sender, at.topics.facts, order));
      timelines.push(await timelinesOf(at.store));
      await sender.close();
      await at.remove();
    } // prettier-ignore
    const [first = {}, second] = timelines;
    expect(Object.keys(first).length).toBeGreaterThan(100);
    expect(second).toEqual(first);
  });

  test('a whole topic from offset zero again: nothing recorded, set aside or decided again; no BSN and no key of what is refused in its log', async () => {
    const at = await scene(3);
    const refused = Array.from({ length: 20 }, (_, n): Message => ({ message: null, out: { key: `${KEY}-${n}`, value: `{"bsn":"${BSN}"}` } })); // prettier-ignore
    const unnamed = { message: null, out: { ...binary(signed('job', '2024-01-01')), key: BSN } };
    const messages = [...inDisorder(3_000, SEED), ...refused, unnamed];
    const sender = await kafka.openSender();
    const said = [at.start('trace')];
    const deliveries = await deliver(sender, at.topics.facts, messages);
    await until(async () => (await lagOf(at)) < messages.length / 2);
    await at.loseConnections();
    const counts = await expectHandledOnce(at, deliveries);
    for (const outcome of ['accepted', 'parked', 'duplicate', 'deadLetter', 'refused'])
      expect(counts).toHaveProperty(outcome);
    const before = await at.kept();
    await at.kill();
    const again = { ...at.topics, group: `${at.topics.group}-again` };
    said.push(at.start('trace', again));
    expect(await expectHandledOnce({ ...at, topics: again }, deliveries)).toEqual(counts);
    expect(await at.kept()).toEqual(before);
    await at.kill();
    const log = said.map((words) => words()).join('');
    expect(log).toContain('it is tried again');
    expect(log).toContain('messages handled so far');
    expect([BSN, KEY].filter((word) => log.includes(word))).toEqual([]);
    await sender.close();
    await at.remove();
  });
}); // prettier-ignore

/** Two messages, either of which may be the first that is heard of a job, or of a person with two of them. */
function firstFacts(n: number): readonly [Message, Message] {
  const [job, person, time] = [`race-${SEED}-${n}`, `racer-${SEED}-${n}`, { time: '2024-01-01T00:00:00Z' }];
  const first = registered(job, person);
  const second = [
    signed(job, '2024-01-01'),
    registered(job, person, { region: 'AM14' }, time),
    hrMessage('ContractEnded', job),
    registered(`${job}-b`, person),
  ][n % 4];
  const [one, other] = [first, second ?? first].map((message) => ({ message, out: binary(message) }));
  if (one === undefined || other === undefined) throw new Error('There are two.');
  return n % 8 < 4 ? [one, other] : [other, one];
}

const elsewhere = ({ message, out }: Message, n: number): Message => ({ message, out: { ...out, partition: n % 4 } });

/** Each key keeps its own order. */
function reordered(messages: readonly Message[]): readonly Message[] {
  const byKey = new Map<string, Message[]>();
  for (const message of messages) byKey.set(String(message.out.key), [...(byKey.get(String(message.out.key)) ?? []), message]); // prettier-ignore
  const keys = [...byKey.keys()];
  return fc.sample(fc.nat(), { seed: SEED, numRuns: messages.length }).flatMap((draw) => {
    const at = draw % keys.length;
    const left = byKey.get(keys[at] ?? '') ?? [];
    const next = left.splice(0, 1);
    if (left.length === 0) keys.splice(at, 1);
    return next;
  });
}

/** Topics and a database of their own, with whatever runs on them. */
class Scene implements Handled {
  private readonly running: ChildProcess[] = [];

  private constructor(
    private readonly built: Built,
    private readonly broker: string,
    private readonly database: TestDatabase,
    readonly kafka: Kafka,
    readonly store: Handled['store'],
    readonly intake: Handled['intake'],
    readonly topics: Handled['topics'],
  ) {}

  static async make(built: Built, kafka: Kafka, broker: string, partitions: number): Promise<Scene> {
    const [database, topics] = [await createTestDatabase(), uniqueTopics()];
    await kafka.makeTopics([{ name: topics.facts, partitions }]);
    const store = await openEventStore({ databaseUrl: database.url, eventStoreDb: null });
    return new Scene(built, broker, database, kafka, store, await openIntake(database.url), topics);
  }

  /** Gives what it has said so far, where a level is given. */
  start(logLevel?: string, topics = this.topics): () => string {
    const ingest = startIngest(this.built, this.database.url, this.broker, topics, logLevel);
    let said = '';
    for (const stream of [ingest.stdout, ingest.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    this.running.push(ingest);
    return () => said;
  } // prettier-ignore

  async kill(): Promise<void> {
    for (const ingest of this.running.splice(0)) await killIngest(ingest);
  }

  /** As where PostgreSQL is away for a moment. */
  async loseConnections(): Promise<void> {
    const client = new Client({ connectionString: this.database.url });
    await client.connect();
    await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`); // prettier-ignore
    await client.end();
  }

  /** All that a delivery leaves behind, but for outcomes, which are told again. */
  async kept(): Promise<object> {
    const letters = await allOf(this.kafka, `${this.topics.facts}.DLT`);
    return { facts: await factsOf(this.store), letters: letters.length, counts: await this.intake.counts() };
  }

  async remove(): Promise<void> {
    await this.kill();
    await Promise.all([this.store.close(), this.intake.close()]);
    await this.database.drop();
  }
}
