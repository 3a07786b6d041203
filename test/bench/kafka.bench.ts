import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Readable } from 'node:stream';
import { Kafka as KafkaJs, logLevel } from 'kafkajs';
import { openEventStore, type EventStore } from '@bestendig/event-store';
import { runHrIngest, type HrIngestOptions } from '@bestendig/hr-ingest';
import { messageTypeOfShortName, readHistory } from '@bestendig/hr-messages';
import { openIntake, type Intake } from '@bestendig/intake';
import { openKafka, type Kafka, type KafkaSettings, type OutgoingMessage } from '@bestendig/kafka';
import { openReadStore, type ReadStore } from '@bestendig/read-store';
import { generateHistory, NO_PROGRESS, startProjectorThread, waitForReadModels } from '@bestendig/standalone';
import { alternate, benchArgs, closeBench, peakMiB, seconds, withBenchPostgres, type Measure } from './bench';
import { withBenchKafka } from './bench-kafka';

const FACTS_AIM = 10_000;
const HEAP_AIM = 1.5;
const SEED = 4;
const PARTITIONS = 6;
/** Lines that the generator gives per placement, at least. */
const LINES_PER_PLACEMENT = 5;
const LOOK_MS = 100;

type Bench = {
  readonly options: Omit<HrIngestOptions, 'signal'>;
  readonly kafka: Kafka;
  readonly store: EventStore;
  readonly intake: Intake;
  readonly readStore: ReadStore;
  readonly heap: HeapWatch;
};

/**
 * The facts are put in their topic in parts, one for each round and one to warm up. Of each: hr-ingest with a projector beside it, until
 * all is durable and in the read models; then a consumer that only parses the same messages.
 */
async function main(): Promise<void> {
  const { size, rounds } = benchArgs({ name: 'kafka', counts: 'facts in the topic, handled in a part for each round and one to warm up', size: 60_000, rounds: 3 });
  closeBench(await withBenchPostgres((makeDatabase) => withBenchKafka(async (settings) => measure(await makeDatabase(), settings, size, rounds))));
}

async function measure(databaseUrl: string, settings: KafkaSettings, size: number, rounds: number): Promise<readonly Measure[]> {
  const options = {
    ...{ kafka: settings, databaseUrl, eventStoreDb: null, secret: Buffer.alloc(32, 1), logLevel: 'error', partitions: PARTITIONS, factsTopicEpoch: 1 },
    ...{ factsTopic: `facts-${process.pid}`, outcomesTopic: `outcomes-${process.pid}`, group: `ingest-${process.pid}`, ownSource: `urn:nld:oin:${'0'.repeat(20)}:systeem:bench` },
  };
  const [kafka, store] = [openKafka(settings), await openEventStore({ databaseUrl, eventStoreDb: null })];
  const bench: Bench = { options, kafka, store, intake: await openIntake(databaseUrl), readStore: await openReadStore(databaseUrl), heap: new HeapWatch() };
  await kafka.makeTopics([{ name: options.factsTopic, partitions: PARTITIONS }]);
  const sender = await kafka.openSender();
  const projector = startProjectorThread({ databaseUrl, eventStoreDb: null });
  const messages = await messagesOf(size);
  const part = Math.ceil(size / (rounds + 1));
  const figures = await alternate(
    { rounds, steps: 1, countPerStep: part },
    async (round) => {
      const sent = messages.slice(round * part, (round + 1) * part);
      await sender.send(options.factsTopic, sent);
      const took = await ingested(bench, Math.min((round + 1) * part, size));
      console.log(`part ${round}: ${Math.round(sent.length / took)} facts/s; heap ${bench.heap.now()} MiB`);
      return (took * part) / sent.length;
    },
    (round) => parsed(settings, options.factsTopic, Math.min((round + 1) * part, size) - round * part),
  );
  await projector.stop();
  await Promise.all([sender.close(), bench.intake.close(), bench.readStore.close(), store.close()]);
  await kafka.close();
  const { first, last } = bench.heap;
  return [
    { bench: 'kafka', size, unit: 'facts/s', value: figures.ours, reference: { name: 'bare kafkajs consumer that only parses the same messages', value: figures.reference }, ratio: figures.ours / figures.reference, aim: FACTS_AIM / figures.reference, met: figures.ours >= FACTS_AIM, peakMiB: peakMiB() },
    { bench: 'kafka heap', size, unit: 'MiB after the last part', value: last, reference: { name: 'MiB after the first part', value: first }, ratio: last / first, aim: HEAP_AIM, met: last <= HEAP_AIM * first, peakMiB: peakMiB() },
  ]; // prettier-ignore
}

/** A synthetic history as messages in structured mode, keyed by employment. */
async function messagesOf(size: number): Promise<readonly OutgoingMessage[]> {
  const lines = generateHistory({ placements: Math.ceil(size / LINES_PER_PLACEMENT) + 100, seed: SEED });
  const messages: OutgoingMessage[] = [];
  for await (const line of readHistory(Readable.from(bytesOf(lines)))) {
    if (!('record' in line) || typeof line.record !== 'object' || line.record === null) continue;
    const record = line.record as { readonly type?: string; readonly data?: { readonly employment?: string } };
    const type = messageTypeOfShortName(record.type ?? '')?.type ?? record.type;
    messages.push({ key: record.data?.employment ?? null, value: JSON.stringify({ ...record, type }), headers: [['content-type', 'application/cloudevents+json']] });
    if (messages.length === size) return messages;
  }
  throw new Error('The generator gave too few lines.');
}

function* bytesOf(lines: Iterable<string>): Generator<Buffer> {
  for (const line of lines) yield Buffer.from(`${line}\n`);
}

/** From its start until the group has handled everything, the ledger knows it and the read models hold it. */
async function ingested({ options, kafka, store, intake, readStore, heap }: Bench, inAll: number): Promise<number> {
  const stop = new AbortController();
  const running = runHrIngest({ ...options, signal: stop.signal });
  const took = await seconds(async () => {
    while (![...(await kafka.lag(options.group, options.factsTopic)).values()].every((lag) => lag === 0)) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    await waitForReadModels({ store, readStore, signal: stop.signal, progress: NO_PROGRESS, expected: 0 });
  });
  stop.abort();
  await running;
  const counted = (await intake.counts()).reduce((sum, { count }) => sum + count, 0);
  if (counted !== inAll) throw new Error(`The ledger has ${counted} deliveries, ${inAll} were sent.`);
  heap.partDone();
  return took;
}

/** The next messages of the topic, parsed and forgotten. */
async function parsed(settings: KafkaSettings, topic: string, count: number): Promise<number> {
  const consumer = new KafkaJs({ brokers: [...settings.brokers], logLevel: logLevel.NOTHING }).consumer({ groupId: `${topic}-bare`, maxWaitTimeInMs: LOOK_MS });
  let left = count;
  const took = await seconds(async () => {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          partitionsConsumedConcurrently: PARTITIONS,
          eachBatch: ({ batch }) => {
            for (const { value } of batch.messages) if (JSON.parse(String(value)) !== null) left -= 1;
            if (left <= 0) resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
  });
  await consumer.disconnect();
  return took;
}

/** Heap in use, after collecting what is not. */
class HeapWatch {
  first = 0;
  last = 0;
  private readonly collect: () => void;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.collect = runInNewContext('gc') as () => void;
  }

  partDone(): void {
    this.last = this.now();
    if (this.first === 0) this.first = this.last;
  }

  now(): number {
    this.collect();
    return Math.round((process.memoryUsage().heapUsed / 1024 / 1024) * 10) / 10;
  }
}

void main();
