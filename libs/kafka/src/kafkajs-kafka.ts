import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka as KafkaJs, logLevel, type Admin, type SASLOptions } from 'kafkajs';
import { consumeWithKafkaJs } from './kafkajs-consumer';
import { kafkaErrorOf } from './kafkajs-errors';
import { readAt } from './kafkajs-read';
import { KafkaJsSender } from './kafkajs-sender';
import type { Kafka, KafkaSettings, Topic } from './port';
import './kafkajs-headers';

const CONNECT_MS_MAX = 5_000;
const REQUEST_MS_MAX = 30_000;
const RETRY = { retries: 4, initialRetryTime: 200, maxRetryTime: 3_000 };

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
