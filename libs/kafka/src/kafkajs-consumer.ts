import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, IHeaders, Kafka as KafkaJs, KafkaMessage } from 'kafkajs';
import { kafkaErrorOf } from './kafkajs-errors';
import { KafkaError, type ConsumeOptions, type Header, type ReceivedMessage } from './port';

const SESSION_MS = 30_000;
const REBALANCE_MS = 60_000;
const HEARTBEAT_MS = 3_000;
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
  const { CRASH, GROUP_JOIN, REBALANCING } = consumer.events;
  const ended = new Promise<void>((resolve, reject) => {
    consumer.on(CRASH, ({ payload }) => reject(payload.error));
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  ended.catch(() => undefined);
  consumer.on(REBALANCING, () => batches.lose());
  consumer.on(GROUP_JOIN, ({ payload }) => options.onAssigned?.(payload.memberAssignment[topic] ?? []));
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: partitionsAtOnce, eachBatch: (payload) => batches.take(payload) });
    await ended;
  } finally {
    batches.lose();
    await disconnect(consumer);
  }
}

/** With a broker that is away, leaving the group would be tried for long. */
const DISCONNECT_MS = 10_000;

async function disconnect(consumer: Consumer): Promise<void> {
  await Promise.race([consumer.disconnect().catch(() => undefined), sleep(DISCONNECT_MS, undefined, { ref: false })]);
}

/** What is being handled by one consumer. */
class Batches {
  private lost = new AbortController();

  constructor(private readonly options: ConsumeOptions) {}

  /** The partitions may be another consumer's by now: what comes next is of another assignment. */
  lose(): void {
    this.lost.abort();
    this.lost = new AbortController();
  }

  /** Hands over one batch of a partition in pieces, each committed when it is handled. */
  async take({ batch, heartbeat, resolveOffset, commitOffsetsIfNecessary, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch;
    const { batchMessages, signal } = this.options;
    const lost = this.lost;
    const beating = beat(heartbeat, () => lost.abort());
    try {
      for (let at = 0; at < messages.length; at += batchMessages) {
        const piece = messages.slice(at, at + batchMessages);
        if (!isRunning() || isStale()) break;
        if (!(await this.handled(piece.map((message) => received(topic, partition, message)), AbortSignal.any([lost.signal, signal])))) break; // prettier-ignore
        const last = at + batchMessages >= messages.length ? batch.lastOffset() : (piece.at(-1)?.offset ?? '');
        resolveOffset(piece.at(-1)?.offset ?? '');
        await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: String(BigInt(last) + 1n) }] }] });
        if (lost.signal.aborted || signal.aborted) break;
      }
    } finally {
      clearInterval(beating.timer);
    }
    // kafkajs joins its group again when it meets this error.
    if (beating.failure !== null) throw beating.failure;
  }

  /** Until it is, however long a store is away; false where the partition was lost, or all is to end. */
  private async handled(messages: readonly ReceivedMessage[], ended: AbortSignal): Promise<boolean> {
    for (let wait = RETRY_MS_MIN; !ended.aborted; wait = Math.min(wait * 2, RETRY_MS_MAX)) {
      try {
        await this.options.handle(messages, ended);
        return true;
      } catch (error) {
        if (ended.aborted) return false;
        this.options.onFailure?.(error);
        await sleep(wait, undefined, { signal: ended }).catch(() => undefined);
      }
    }
    return false;
  }
}

type Beating = { readonly timer: NodeJS.Timeout; failure: Error | null };

/** Tells the group that we live, however long a batch takes. */
function beat(heartbeat: () => Promise<void>, onFailure: () => void): Beating {
  const beating: Beating = {
    failure: null,
    timer: setInterval(() => {
      heartbeat().catch((error: unknown) => {
        beating.failure ??= error instanceof Error ? error : new KafkaError('unavailable', 'The group cannot be told that this consumer lives.');
        onFailure();
      });
    }, HEARTBEAT_MS),
  };
  return beating;
}

export function received(topic: string, partition: number, { offset, key, value, headers, timestamp }: KafkaMessage): ReceivedMessage {
  return { topic, partition, offset, key, value, headers: headersOf(headers), timestampMs: Number(timestamp) };
}

function headersOf(headers: IHeaders | undefined): readonly Header[] {
  return Object.entries(headers ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one): readonly Header[] => (one === undefined ? [] : [[name, Buffer.from(one)]])),
  );
}
