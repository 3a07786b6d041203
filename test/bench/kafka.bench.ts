import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka as KafkaJs, logLevel } from 'kafkajs';
import { openEventStore, type EventStore } from '@bestendig/event-store';
import { messageTypeOfShortName, readHistory } from '@bestendig/hr-messages';
import { openIntake, type Intake } from '@bestendig/intake';
import { openKafka, type Kafka, type KafkaSettings, type OutgoingMessage } from '@bestendig/kafka';
import { openReadStore, type ReadStore } from '@bestendig/read-store';
import { generateHistory, NO_PROGRESS, startProjectorThread, waitForReadModels } from '@bestendig/standalone';
import { alternate, benchArgs, closeBench, median, peakMiB, seconds, withBenchPostgres, type Measure } from './bench';
import { withBenchKafka } from './bench-kafka';

const FACTS_AIM = 10_000;
const MEMORY_AIM = 1.5;
const SEED = 4;
const PARTITIONS = 6;
/** Lines that the generator gives per placement, at least. */
const LINES_PER_PLACEMENT = 5;
const LOOK_MS = 100;
const SAMPLE_MS = 500;

type Environment = Readonly<Record<'DATABASE_URL' | 'BESTENDIG_SECRET' | 'KAFKA_BROKERS' | 'HR_FACTS_TOPIC' | 'HR_OUTCOMES_TOPIC' | 'HR_INGEST_GROUP', string>>;
type Bench = { readonly ingest: Ingest; readonly topic: string; readonly group: string; readonly kafka: Kafka; readonly store: EventStore; readonly intake: Intake; readonly readStore: ReadStore };

/**
 * The facts are put in their topic in parts, one for each round and one to warm up. Of each: hr-ingest, which takes them as they come, with
 * a projector, until all is durable and in the read models; then a consumer that only parses the same messages.
 */
async function main(): Promise<void> {
  const { size, rounds } = benchArgs({ name: 'kafka', counts: 'facts in the topic, handled in a part for each round and one to warm up', size: 200_000, rounds: 3 });
  closeBench(await withBenchPostgres((makeDatabase) => withBenchKafka(async (settings) => measure(await makeDatabase(), settings, size, rounds))));
}

async function measure(databaseUrl: string, settings: KafkaSettings, size: number, rounds: number): Promise<readonly Measure[]> {
  const [topic, outcomes, group] = ['facts', 'outcomes', 'ingest'].map((name) => `${name}-${process.pid}`) as [string, string, string];
  const [kafka, store] = [openKafka(settings), await openEventStore({ databaseUrl, eventStoreDb: null })];
  const [intake, readStore] = [await openIntake(databaseUrl), await openReadStore(databaseUrl)];
  await kafka.makeTopics([{ name: topic, partitions: PARTITIONS }]);
  const sender = await kafka.openSender();
  const projector = startProjectorThread({ databaseUrl, eventStoreDb: null });
  const messages = await messagesOf(size);
  const ingest = new Ingest({ DATABASE_URL: databaseUrl, BESTENDIG_SECRET: '01'.repeat(32), KAFKA_BROKERS: settings.brokers.join(','), HR_FACTS_TOPIC: topic, HR_OUTCOMES_TOPIC: outcomes, HR_INGEST_GROUP: group }); // prettier-ignore
  const bench: Bench = { ingest, topic, group, kafka, store, intake, readStore };
  const part = Math.ceil(size / (rounds + 1));
  try {
    const figures = await alternate(
      { rounds, steps: 1, countPerStep: part },
      async (round) => {
        const sent = messages.slice(round * part, (round + 1) * part);
        const took = await seconds(() => Promise.all([sender.send(topic, sent), ingested(bench, Math.min((round + 1) * part, size))]));
        console.log(`part ${round}: ${Math.round(sent.length / took)} facts/s`);
        return (took * part) / sent.length;
      },
      (round) => parsed(settings, topic, Math.min((round + 1) * part, size) - round * part),
    );
    const [early, late] = [ingest.memory(0.05, 0.15, size), ingest.memory(0.9, 1, size)];
    console.log(`memory of hr-ingest: ${Math.round(early)} MiB at a tenth, ${Math.round(late)} MiB at the end, ${Math.round(ingest.peak())} MiB at most`);
    return [
      { bench: 'kafka', size, unit: 'facts/s', value: figures.ours, reference: { name: 'bare kafkajs consumer that only parses the same messages', value: figures.reference }, ratio: figures.ours / figures.reference, aim: FACTS_AIM / figures.reference, met: figures.ours >= FACTS_AIM, peakMiB: peakMiB() },
      { bench: 'kafka memory', size, unit: 'MiB of hr-ingest at the end', value: late, reference: { name: 'MiB at a tenth', value: early }, ratio: late / early, aim: MEMORY_AIM, met: late <= MEMORY_AIM * early, peakMiB: Math.round(ingest.peak()) },
    ]; // prettier-ignore
  } finally {
    await ingest.stop();
    await projector.stop();
    await Promise.all([sender.close(), intake.close(), readStore.close(), store.close()]);
    await kafka.close();
  }
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

/** Until so many in all are durable, known to the ledger, and in the read models. */
async function ingested({ ingest, topic, group, kafka, store, intake, readStore }: Bench, inAll: number): Promise<void> {
  for (let handled = 0; handled < inAll; await pause(LOOK_MS)) {
    const lags = [...(await kafka.lag(group, topic)).values()];
    const ends = [...(await kafka.lag(`${group}-nobody`, topic)).values()];
    handled = sum(ends) - sum(lags);
    ingest.sample(handled, handled >= inAll);
  }
  await waitForReadModels({ store, readStore, signal: new AbortController().signal, progress: NO_PROGRESS, expected: 0 });
  const counted = (await intake.counts()).reduce((total, { count }) => total + count, 0);
  if (counted !== inAll) throw new Error(`The ledger has ${counted} deliveries, ${inAll} were sent.`);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

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

/** hr-ingest as it ships, in a process of its own, with what memory it had how far on. */
class Ingest {
  private readonly child: ChildProcess;
  private readonly samples: { readonly handled: number; readonly mib: number }[] = [];
  private sampledAt = 0;

  constructor(settings: Environment) {
    const { PATH, HOME, TMPDIR } = process.env;
    this.child = spawn(process.execPath, ['--max-semi-space-size=64', join(__dirname, '../../apps/hr-ingest/src/main.js')], { env: { PATH, HOME, TMPDIR, LOG_LEVEL: 'error', ...settings }, stdio: 'inherit' });
  }

  /** @param handled facts so far, of all parts; @param isLast of a part */
  sample(handled: number, isLast: boolean): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error('hr-ingest ended by itself.');
    if (!isLast && Date.now() - this.sampledAt < SAMPLE_MS) return;
    this.sampledAt = Date.now();
    const kib = execFileSync('ps', ['-o', 'rss=', '-p', String(this.child.pid)], { encoding: 'utf8' });
    this.samples.push({ handled, mib: Number(kib) / 1024 });
  }

  /** MiB while so much of it was handled: from a share to a share. */
  memory(from: number, to: number, size: number): number {
    return median(this.samples.filter(({ handled }) => handled >= from * size && handled <= to * size).map(({ mib }) => mib));
  }

  peak(): number {
    return Math.max(...this.samples.map(({ mib }) => mib));
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }
}

void main();
