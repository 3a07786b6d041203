import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka as KafkaJs, logLevel, type Admin, type SASLOptions } from 'kafkajs';
import { consumeWithKafkaJs, received } from './kafkajs-consumer';
import { kafkaErrorOf } from './kafkajs-errors';
import { KafkaJsSender } from './kafkajs-sender';
import { KafkaError, type Kafka, type KafkaSettings, type ReceivedMessage, type Sent, type Topic } from './port';

const CONNECT_MS_MAX = 5_000;
const REQUEST_MS_MAX = 30_000;
const RETRY = { retries: 4, initialRetryTime: 200, maxRetryTime: 3_000 };
/** Reading at places: without a message for so long, the broker is taken to be away. */
const READ_MS_MAX = 30_000;

/** Kafka through kafkajs. Connects when something is asked of it. What kafkajs would log is told by who fails. */
export function openKafka({ brokers, clientId, tls, sasl }: KafkaSettings): Kafka {
  const kafka = new KafkaJs({
    ...{ brokers: [...brokers], clientId, ssl: tls, logLevel: logLevel.NOTHING, retry: RETRY },
    ...{ connectionTimeout: CONNECT_MS_MAX, requestTimeout: REQUEST_MS_MAX },
    ...(sasl === null ? {} : { sasl: { ...sasl } as SASLOptions }),
  });
  const admin = new Connected(() => kafka.admin());
  return {
    openSender: () => new KafkaJsSender(kafka).open(),
    consume: (options) => consumeWithKafkaJs(kafka, options),
    makeTopics: (topics) => admin.ask((asked) => makeTopics(asked, topics)),
    partitionsOf: (topic) => admin.ask((asked) => partitionsOf(asked, topic)),
    read: (topic, places) => admin.ask((asked) => readAt(kafka, asked, topic, places)),
    lag: (group, topic) => admin.ask((asked) => lagOf(asked, group, topic)),
    close: () => admin.close(),
  };
}

const TRIES_MAX = 6;
const TRY_MS = 150;

/** A topic or group that was made just now is not known everywhere yet: kafkajs does not ask again by itself. */
const isMoment = (error: unknown): boolean => error instanceof Error && error.name === 'KafkaJSProtocolError' && Reflect.get(error, 'retriable') === true;

/** One connection for questions, made again after a failure. */
class Connected {
  private connection: Promise<Admin> | null = null;

  constructor(private readonly make: () => Admin) {}

  async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        this.connection ??= this.connect();
        return await question(await this.connection);
      } catch (error) {
        await this.close();
        if (tries === TRIES_MAX || !isMoment(error)) throw kafkaErrorOf(error);
        await sleep(tries * TRY_MS);
      }
    }
  }

  async close(): Promise<void> {
    const connection = this.connection;
    this.connection = null;
    const admin = await connection?.catch(() => null);
    await admin?.disconnect().catch(() => undefined);
  }

  private async connect(): Promise<Admin> {
    const admin = this.make();
    await admin.connect();
    return admin;
  }
}

async function makeTopics(admin: Admin, topics: readonly Topic[]): Promise<void> {
  const there = new Set(await admin.listTopics());
  const missing = topics.filter(({ name }) => !there.has(name));
  if (missing.length === 0) return;
  await admin
    .createTopics({
      waitForLeaders: true,
      topics: missing.map(({ name, partitions, config = {} }) => ({
        ...{ topic: name, numPartitions: partitions, configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })) },
      })),
    })
    .catch(async (error: unknown) => {
      // Somebody else may have made it at the same time.
      const now = new Set(await admin.listTopics());
      if (!missing.every(({ name }) => now.has(name))) throw error;
    });
}

async function partitionsOf(admin: Admin, topic: string): Promise<number | null> {
  if (!(await admin.listTopics()).includes(topic)) return null;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]?.partitions.length ?? null;
}

async function lagOf(admin: Admin, group: string, topic: string): Promise<ReadonlyMap<number, number>> {
  const [ends, [committed]] = await Promise.all([admin.fetchTopicOffsets(topic), admin.fetchOffsets({ groupId: group, topics: [topic] })]);
  const reached = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  return new Map(ends.map(({ partition, high, low }) => [partition, Number(high) - Math.max(reached.get(partition) ?? 0, Number(low))]));
}

/** kafkajs reads by groups alone: by one made for this, that begins at the first of the places and is deleted after the last. */
async function readAt(kafka: KafkaJs, admin: Admin, topic: string, places: readonly Sent[]): Promise<readonly (ReceivedMessage | null)[]> {
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map((end) => [end.partition, end]));
  const wanted = new Map<number, Set<bigint>>();
  for (const { partition, offset } of places) {
    const end = ends.get(partition);
    const at = BigInt(offset);
    if (end === undefined || at < BigInt(end.low) || at >= BigInt(end.high)) continue;
    wanted.set(partition, (wanted.get(partition) ?? new Set()).add(at));
  }
  const found = new Map<string, ReceivedMessage>();
  if (wanted.size > 0) await collect(kafka, admin, topic, wanted, found);
  return places.map(({ partition, offset }) => found.get(`${partition} ${offset}`) ?? null);
}

async function collect(kafka: KafkaJs, admin: Admin, topic: string, wanted: ReadonlyMap<number, Set<bigint>>, found: Map<string, ReceivedMessage>): Promise<void> {
  const groupId = `bestendig-read-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 100, retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) } });
  const left = new Map([...wanted].map(([partition, offsets]) => [partition, [...offsets].reduce((last, offset) => (offset > last ? offset : last))]));
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      let timer = setTimeout(() => undefined, 0);
      const wait = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => reject(new KafkaError('unavailable', 'The broker gives no messages.')), READ_MS_MAX);
      };
      wait();
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      const take = (partition: number, messages: readonly ReceivedMessage[], last: bigint): void => {
        wait();
        for (const message of messages) if (wanted.get(partition)?.has(BigInt(message.offset)) === true) found.set(`${partition} ${message.offset}`, message);
        if (last >= (left.get(partition) ?? -1n)) left.delete(partition);
        if (left.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
      const running = consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          take(batch.partition, batch.messages.map((message) => received(topic, batch.partition, message)), BigInt(batch.lastOffset())); // prettier-ignore
          return Promise.resolve();
        },
      });
      running.catch(reject);
      for (const [partition, offsets] of wanted) consumer.seek({ topic, partition, offset: String([...offsets].reduce((first, offset) => (offset < first ? offset : first))) });
    });
  } finally {
    await consumer.disconnect().catch(() => undefined);
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}
