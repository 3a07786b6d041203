import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, Kafka as KafkaJs } from 'kafkajs';
import { Batches } from './kafkajs-batches';
import { kafkaErrorOf } from './kafkajs-errors';
import { HEARTBEAT_MS, SESSION_MS } from './kafkajs-heartbeat';
import type { ConsumeOptions } from './port';

const REBALANCE_MS = 60_000;
/** A fetch waits so long for the first message. */
const FETCH_WAIT_MS = 250;
const PARTITION_BYTES = 1024 * 1024;
const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 30_000;

/** Consumes until the signal aborts; a consumer that ends by itself is followed by another. */
export async function consumeWithKafkaJs(kafka: KafkaJs, options: ConsumeOptions): Promise<void> {
  const { signal, onFailure } = options;
  for (let wait = RETRY_MS_MIN; !signal.aborted; wait = Math.min(wait * 2, RETRY_MS_MAX)) {
    const begun = performance.now();
    try {
      await consumeOnce(kafka, options);
    } catch (error) {
      const failure = kafkaErrorOf(error);
      if (failure.code === 'badSettings') throw failure;
      if (signal.aborted) return;
      onFailure?.(failure);
    }
    if (performance.now() - begun > RETRY_MS_MAX) wait = RETRY_MS_MIN;
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}

async function consumeOnce(kafka: KafkaJs, options: ConsumeOptions): Promise<void> {
  const { group, topic, signal, partitionBytes = PARTITION_BYTES, partitionsAtOnce = 1 } = options;
  const consumer = kafka.consumer({
    ...{ groupId: group, sessionTimeout: SESSION_MS, rebalanceTimeout: REBALANCE_MS, heartbeatInterval: HEARTBEAT_MS, maxWaitTimeInMs: FETCH_WAIT_MS },
    ...{ maxBytesPerPartition: partitionBytes, allowAutoTopicCreation: false },
    retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 5_000, restartOnFailure: () => Promise.resolve(false) },
  });
  const batches = new Batches(options);
  const over = new AbortController();
  const { CRASH, GROUP_JOIN, REBALANCING } = consumer.events;
  const ended = new Promise<void>((resolve, reject) => {
    consumer.on(CRASH, ({ payload }) => reject(payload.error));
    signal.addEventListener('abort', () => resolve(), { signal: over.signal });
    if (signal.aborted) resolve();
  });
  ended.catch(() => undefined);
  consumer.on(REBALANCING, () => batches.lose());
  consumer.on(GROUP_JOIN, ({ payload }) => {
    // kafkajs joins again without a word where a broker says that its metadata is old.
    batches.lose();
    options.onAssigned?.(payload.memberAssignment[topic] ?? []);
  });
  const start = async (): Promise<void> => {
    await consumer.connect();
    if (!signal.aborted) await consumer.subscribe({ topic, fromBeginning: true });
    if (!signal.aborted) await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: partitionsAtOnce, eachBatch: (payload) => batches.take(payload) });
  };
  try {
    const started = start();
    started.catch(() => undefined);
    // A stop does not wait for a broker that is away.
    await Promise.race([started, ended]);
    await ended;
  } finally {
    over.abort();
    await leave(consumer, batches.end(), signal);
  }
}

/** With a broker that is away, leaving the group would be tried for long. */
const LEAVE_MS_MAX = 10_000;

/** After a failure nothing is handled anew before what is being handled has come to its end; at a stop we wait only so long. */
async function leave(consumer: Consumer, handled: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await handled;
  const left = handled.then(() => consumer.disconnect()).catch(() => undefined);
  const done = new AbortController();
  await Promise.race([left, sleep(LEAVE_MS_MAX, undefined, { signal: done.signal })]);
  done.abort();
}
