import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Kafka as KafkaJs, logLevel, type Producer } from 'kafkajs';
import { openPostgresEventStore, type EventStore } from '@bestendig/event-store';
import { NOBODYS_SOURCE } from '@bestendig/integration-events';
import { openKafka, type Kafka, type KafkaSettings, type OutgoingMessage, type Sender } from '@bestendig/kafka';
import { idOfStream, toPlacementEvent } from '@bestendig/placement-application';
import { LeftOutPlacements, PUBLISH_PLACEMENTS, publishingPlacements, viewByTimeline } from '@bestendig/publisher';
import { forgetReactions, runReactions } from '@bestendig/reactions';
import { alternate, benchArgs, closeBench, peakMiB, seconds, withBenchPostgres, type Measure } from './bench';
import { withBenchKafka } from './bench-kafka';
import { fillLog } from './filled-log';

const SEED = 4;
const PARTITIONS = 6;
/** Of the messages of the log, so many are what the bare producer sends. */
const REFERENCE_MESSAGES = 20_000;
const REQUEST_MESSAGES = 500;
/** Beside sending it reads the log and every placement that changed, and makes two messages of each change. */
const RATIO_AIM = 0.25;
const HEAP_AIM = 1.5;

type Bench = { readonly store: EventStore; readonly databaseUrl: string; readonly kafka: Kafka; readonly producer: Producer };
type Published = { readonly seconds: number; readonly messages: number; readonly stateTopic: string };

/** Each round publishes the whole log to topics of its own, from its first event; then the bare producer sends some of the same messages. */
async function main(): Promise<void> {
  const { size, rounds } = benchArgs({ name: 'publisher', counts: 'events of the log that is published', size: 50_000, rounds: 3 });
  closeBench(await withBenchPostgres((makeDatabase) => withBenchKafka(async (settings) => measure(await makeDatabase(), settings, size, rounds))));
}

async function measure(databaseUrl: string, settings: KafkaSettings, size: number, rounds: number): Promise<readonly Measure[]> {
  const store = await openPostgresEventStore({ databaseUrl });
  const kafka = openKafka(settings);
  const producer = new KafkaJs({ brokers: [...settings.brokers], logLevel: logLevel.NOTHING }).producer({ idempotent: true, allowAutoTopicCreation: false });
  await producer.connect();
  const bench: Bench = { store, databaseUrl, kafka, producer };
  const heap = new HeapWatch(size);
  const { placements } = await fillLog(store, size, SEED);
  const some: OutgoingMessage[] = [];
  const first = await publishAll(bench, 'first', (messages) => void some.push(...messages.slice(0, REFERENCE_MESSAGES - some.length)), null);
  await check(bench, first.stateTopic);
  console.log(`${size} events of ${placements} placements: ${first.messages} messages`);
  // Both sides as rates of their own: what they send differs in number.
  const rates = { ours: 0, reference: 0 };
  const figures = await alternate(
    { rounds, steps: 1, countPerStep: first.messages },
    async (round) => {
      const published = await publishAll(bench, `round-${round}`, () => undefined, heap);
      if (published.messages !== first.messages) throw new Error(`${published.messages} messages, ${first.messages} the first time.`);
      rates.ours = size / published.seconds;
      return published.seconds;
    },
    async (round) => ((await sendBare(bench, `bare-${round}`, some)) * first.messages) / some.length,
  );
  console.log(`the last round went through ${Math.round(rates.ours)} events of the log a second`);
  await Promise.all([producer.disconnect(), kafka.close(), store.close()]);
  return [
    { bench: 'publisher', size, unit: 'messages/s', value: figures.ours, reference: { name: 'bare kafkajs producer, idempotent, the same messages', value: figures.reference }, ratio: figures.ours / figures.reference, aim: RATIO_AIM, met: figures.ours >= RATIO_AIM * figures.reference, peakMiB: peakMiB() },
    { bench: 'publisher heap', size, unit: 'MiB at the end', value: heap.atEnd, reference: { name: 'MiB at a tenth of the way', value: heap.atATenth }, ratio: heap.atEnd / heap.atATenth, aim: HEAP_AIM, met: heap.atEnd <= HEAP_AIM * heap.atATenth, peakMiB: peakMiB() },
  ]; // prettier-ignore
}

/** As `runPublisher` does, until the end of the log. */
async function publishAll({ store, databaseUrl, kafka }: Bench, name: string, look: (messages: readonly OutgoingMessage[]) => void, heap: HeapWatch | null): Promise<Published> {
  const [placementsTopic, stateTopic] = [`placements-${name}-${process.pid}`, `placement-state-${name}-${process.pid}`];
  await kafka.makeTopics([placementsTopic, stateTopic].map((topic) => ({ name: topic, partitions: PARTITIONS })));
  await forgetReactions(databaseUrl, PUBLISH_PLACEMENTS);
  const leftOut = await LeftOutPlacements.open(databaseUrl);
  const [sender, states] = [await kafka.openSender(), await kafka.openSender()];
  const changes: Sender = { send: (topic, messages) => (look(messages), sender.send(topic, messages)), close: () => sender.close() };
  const stop = new AbortController();
  let messages = 0;
  const reaction = publishingPlacements({ store, senders: { changes, states }, leftOut, source: NOBODYS_SOURCE, placementsTopic, stateTopic, signal: stop.signal, onPublished: (count) => (messages += count) });
  let failure: unknown = null;
  let events = 0;
  const untilTheEnd: typeof reaction = {
    ...reaction,
    handle: async (page, signal) => {
      const again = await reaction.handle(page, signal);
      heap?.look((events += page.events.length));
      if (page.atHead) stop.abort();
      return again;
    },
  };
  const took = await seconds(() => runReactions({ store, databaseUrl, right: 'publisher', reactions: [untilTheEnd], signal: stop.signal, onFailure: (_, error) => { failure = error; stop.abort(); } })); // prettier-ignore
  if (failure !== null) throw failure as Error;
  await Promise.all([sender.close(), states.close(), leftOut.close()]);
  return { seconds: took, messages, stateTopic };
}

/** Of every placement the topic says last what holds of it now. */
async function check({ store, kafka }: Bench, stateTopic: string): Promise<void> {
  const last = await lastOfKeys(kafka, stateTopic);
  let placements = 0;
  for (let after: string | null = null; ; ) {
    const streams = await store.streamsOf('placement', after, 1_000);
    for (const [stream, events] of await store.readStreams(streams)) {
      const view = viewByTimeline(idOfStream(stream), events.map(toPlacementEvent));
      const said = last.get(view.placementId);
      if (said === undefined ? view.employments.length > 0 : !isDeepStrictEqual(JSON.parse(said), view)) throw new Error('A placement was published otherwise than it is.');
      placements += said === undefined ? 0 : 1;
    }
    after = streams.at(-1) ?? null;
    if (after === null) break;
  }
  if (placements !== last.size) throw new Error(`${last.size} placements were published, ${placements} are there.`);
}

async function lastOfKeys(kafka: Kafka, topic: string): Promise<ReadonlyMap<string, string>> {
  const [last, stop, group] = [new Map<string, string>(), new AbortController(), `${topic}-check`];
  const reading = kafka.consume({ group, topic, batchMessages: 1_000, signal: stop.signal, handle: async (messages) => { for (const { key, value } of messages) last.set(String(key), String(value)); } }); // prettier-ignore
  while (![...(await kafka.lag(group, topic)).values()].every((lag) => lag === 0)) await new Promise((resolve) => setTimeout(resolve, 100));
  stop.abort();
  await reading;
  return last;
}

async function sendBare({ kafka, producer }: Bench, name: string, messages: readonly OutgoingMessage[]): Promise<number> {
  const topic = `${name}-${process.pid}`;
  await kafka.makeTopics([{ name: topic, partitions: PARTITIONS }]);
  const plain = messages.map(({ key, value, headers = [] }) => ({ key, value, headers: Object.fromEntries(headers) }));
  return seconds(async () => {
    for (let at = 0; at < plain.length; at += REQUEST_MESSAGES) await producer.send({ topic, acks: -1, messages: plain.slice(at, at + REQUEST_MESSAGES) });
  });
}

/** Heap in use, after collecting what is not: at a tenth of the way of the first round that is looked at, and at the end of the last. */
class HeapWatch {
  atATenth = 0;
  atEnd = 0;
  private readonly collect: () => void;

  constructor(private readonly size: number) {
    setFlagsFromString('--expose-gc');
    this.collect = runInNewContext('gc') as () => void;
  }

  look(events: number): void {
    if (this.atATenth === 0 && events >= this.size / 10) this.atATenth = this.now();
    if (events >= this.size) this.atEnd = this.now();
  }

  private now(): number {
    this.collect();
    return Math.round((process.memoryUsage().heapUsed / 1024 / 1024) * 10) / 10;
  }
}

void main();
