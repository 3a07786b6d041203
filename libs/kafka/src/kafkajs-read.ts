import { randomUUID } from 'node:crypto';
import type { Admin, Consumer, Kafka as KafkaJs } from 'kafkajs';
import { received } from './kafkajs-messages';
import { KafkaError, type ReceivedMessage, type Sent } from './port';

/** Without a message for so long, the broker is taken to be away. */
const SILENCE_MS_MAX = 30_000;
const FETCH_WAIT_MS = 100;
const RETRY = {
  retries: 4,
  initialRetryTime: 200,
  maxRetryTime: 3_000,
  restartOnFailure: () => Promise.resolve(false),
};

/** Offsets by partition. */
type Wanted = ReadonlyMap<number, ReadonlySet<bigint>>;

/** Messages at their places, in the order asked; null for one that is not there any more. */
export async function readAt(
  kafka: KafkaJs,
  admin: Admin,
  topic: string,
  places: readonly Sent[],
): Promise<readonly (ReceivedMessage | null)[]> {
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map((end) => [end.partition, end]));
  const wanted = new Map<number, Set<bigint>>();
  for (const { partition, offset } of places) {
    const end = ends.get(partition);
    const at = BigInt(offset);
    if (end === undefined || at < BigInt(end.low) || at >= BigInt(end.high)) continue;
    wanted.set(partition, (wanted.get(partition) ?? new Set()).add(at));
  }
  if (wanted.size === 0) return places.map(() => null);
  const found = new Map(
    (await readByGroup(kafka, admin, topic, wanted, [...ends.keys()])).map((message) => [placeOf(message), message]),
  );
  return places.map((place) => found.get(placeOf(place)) ?? null);
}

const placeOf = ({ partition, offset }: Sent): string => `${partition} ${offset}`;

/** kafkajs reads by groups alone: by one made for this, that begins at the first of the places and is deleted after the last. */
async function readByGroup(
  kafka: KafkaJs,
  admin: Admin,
  topic: string,
  wanted: Wanted,
  partitions: readonly number[],
): Promise<readonly ReceivedMessage[]> {
  const groupId = `bestendig-read-${randomUUID()}`;
  const consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    retry: RETRY,
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const reading = readAll(consumer, topic, wanted);
    consumer.pause([{ topic, partitions: partitions.filter((partition) => !wanted.has(partition)) }]);
    for (const [partition, offsets] of wanted) consumer.seek({ topic, partition, offset: String(least(offsets)) });
    return await reading;
  } finally {
    await consumer.disconnect().catch(() => undefined);
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}

function readAll(consumer: Consumer, topic: string, wanted: Wanted): Promise<readonly ReceivedMessage[]> {
  const found: ReceivedMessage[] = [];
  const last = new Map([...wanted].map(([partition, offsets]) => [partition, most(offsets)]));
  return new Promise((resolve, reject) => {
    const silent = (): void => reject(new KafkaError('unavailable', 'The broker gives no messages.'));
    let silence = setTimeout(silent, SILENCE_MS_MAX);
    const ended = (): void => clearTimeout(silence);
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      ended();
      reject(payload.error);
    });
    const eachBatch: NonNullable<Parameters<Consumer['run']>[0]>['eachBatch'] = async ({ batch, pause }) => {
      ended();
      const { partition } = batch;
      for (const message of batch.messages)
        if (wanted.get(partition)?.has(BigInt(message.offset)) === true)
          found.push(received(topic, partition, message));
      if (BigInt(batch.lastOffset()) >= (last.get(partition) ?? -1n)) {
        last.delete(partition);
        pause();
      }
      if (last.size === 0) resolve(found);
      else silence = setTimeout(silent, SILENCE_MS_MAX);
    };
    consumer.run({ autoCommit: false, eachBatch }).catch(reject);
  });
}

const least = (offsets: ReadonlySet<bigint>): bigint =>
  [...offsets].reduce((first, offset) => (offset < first ? offset : first));
const most = (offsets: ReadonlySet<bigint>): bigint =>
  [...offsets].reduce((end, offset) => (offset > end ? offset : end));
