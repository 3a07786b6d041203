import { openEventStore } from '@bestendig/event-store';
import { openIntake } from '@bestendig/intake';
import { openKafka, type Kafka } from '@bestendig/kafka';
import { PlacementService } from '@bestendig/placement-application';
import { retrying, runReactions } from '@bestendig/reactions';
import { pino, type Logger } from 'pino';
import { deadLetterTopic } from './dead-letter-message';
import { isAway, isDefect } from './errors';
import { HrDeliveries } from './handle-deliveries';
import type { OutcomeTopic } from './outcome-messages';
import { redriveWhatIsAsked } from './redrive';
import type { HrIngestSettings } from './settings';
import { tellingVerdicts } from './tell-verdicts';

/** Messages recorded in one go: what a store takes at once without waiting long. */
const BATCH_MESSAGES = 1_000;
const PARTITIONS_AT_ONCE = 4;
/** A dead letter is as large as its message, and its headers. */
const DEAD_LETTER_BYTES_MAX = 4 * 1024 * 1024;
/** A line in the log at most this often. */
const TELL_MS = 5_000;
const DEFECT = 'a defect: it is tried again';

export type HrIngestOptions = HrIngestSettings & {
  /** Ends it, between two batches. */
  readonly signal: AbortSignal;
  /** pino's level; by default `info`. */
  readonly logLevel?: string;
};

/**
 * Takes HR facts from Kafka, says what became of each, and sends dead letters again, until the signal aborts. Several may
 * run: they share the partitions. A broker or database that is away is waited for; settings that can never work are thrown.
 */
export async function runHrIngest(options: HrIngestOptions): Promise<void> {
  const log = pino({ level: options.logLevel ?? 'info', base: { app: 'hr-ingest' } });
  const told = telling(log);
  await retrying(
    {
      signal: options.signal,
      isTemporary: (error) => isAway(error) || isDefect(error),
      onFailure: (error) => (isDefect(error) ? log.error({ err: saidOf(error) }, DEFECT) : log.warn({ err: saidOf(error) }, 'a store or the broker cannot be reached: it is tried again')),
    },
    () => run(options, log, told),
  );
}

async function run(options: HrIngestOptions, log: Logger, onHandled: (counts: Counts) => void): Promise<void> {
  const { databaseUrl, eventStoreDb, secret, group, factsTopic } = options;
  const kafka = openKafka(options.kafka);
  const closing: (() => Promise<unknown>)[] = [() => kafka.close()];
  try {
    const store = await openEventStore({ databaseUrl, eventStoreDb, maxConnections: 6 });
    closing.push(() => store.close());
    const intake = await openIntake(databaseUrl);
    closing.push(() => intake.close());
    const { topic, partitions, letterPartitions } = await makeTopics(options, kafka);
    const sender = await kafka.openSender();
    closing.push(() => sender.close());
    const deliveries = new HrDeliveries({
      ...{ life: { topic: factsTopic, epoch: options.factsTopicEpoch }, group, secret, intake, sender, outcomes: topic, letterPartitions, onHandled },
      service: new PlacementService({ store, secret }),
      onDefect: (origin, error) => log.error({ origin, err: saidOf(error) }, 'a defect: the message is set aside'),
    });
    const failed = (what: string) => (error: unknown) => (isDefect(error) ? log.error({ what, err: saidOf(error) }, DEFECT) : log.warn({ what, err: saidOf(error) }, 'it is tried again'));
    const onUnreadable = (placementId: string, error: unknown): void => log.error({ placementId, err: saidOf(error) }, 'a placement cannot be read: what changed of its verdicts is not told');
    log.info({ topic: factsTopic }, 'taking HR facts');
    await untilOneEnds(options.signal, (signal) => [
      kafka.consume({
        ...{ group, topic: factsTopic, batchMessages: BATCH_MESSAGES, partitionsAtOnce: PARTITIONS_AT_ONCE, signal },
        handle: (messages, lost) => deliveries.handle(messages, lost),
        onFailure: failed('taking HR facts'),
        onAssigned: (partitions) => {
          deliveries.assigned();
          log.info({ partitions }, 'partitions of this consumer');
        },
      }),
      runReactions({
        ...{ store, databaseUrl, right: 'hr-ingest', reactions: [tellingVerdicts({ store, sender, topic, onUnreadable })], signal },
        onFailure: (reaction, error) => failed(reaction)(error),
      }),
      redriveWhatIsAsked({ kafka, sender, intake, topic: factsTopic, partitions, signal, onFailure: failed('sending dead letters again') }),
    ]);
  } finally {
    for (const close of closing.reverse()) await close().catch(() => undefined);
  }
}

/** Nothing is closed under what still works: where one fails, the others are stopped first. */
async function untilOneEnds(signal: AbortSignal, start: (signal: AbortSignal) => readonly Promise<void>[]): Promise<void> {
  const one = new AbortController();
  const working = start(AbortSignal.any([signal, one.signal]));
  try {
    await Promise.all(working);
  } finally {
    one.abort();
    await Promise.allSettled(working);
  }
}

type Topics = { readonly topic: OutcomeTopic; /** Of the facts. */ readonly partitions: number; readonly letterPartitions: number };

/** The outcomes' topic and the dead letters' are made with as many partitions as the facts': what is said of a message goes to the partition of its number. */
async function makeTopics({ factsTopic, outcomesTopic, partitions, ownSource }: HrIngestSettings, kafka: Kafka): Promise<Topics> {
  // The broker undoes any compression: kafkajs reads one kind only.
  await kafka.makeTopics([{ name: factsTopic, partitions, config: { 'compression.type': 'uncompressed' } }]);
  const there = (await kafka.partitionsOf(factsTopic)) ?? partitions;
  const config = { 'max.message.bytes': String(DEAD_LETTER_BYTES_MAX) };
  await kafka.makeTopics([
    { name: outcomesTopic, partitions: there },
    { name: deadLetterTopic(factsTopic), partitions: there, config },
  ]);
  const topic = { name: outcomesTopic, source: ownSource, partitions: (await kafka.partitionsOf(outcomesTopic)) ?? 1 };
  return { topic, partitions: there, letterPartitions: (await kafka.partitionsOf(deadLetterTopic(factsTopic))) ?? 1 };
}

/** What an error says may hold what was sent: its name, its code, and words only of errors that are ours. */
function saidOf(error: unknown): object {
  if (!(error instanceof Error)) return { name: 'unknown' };
  const code: unknown = Reflect.get(error, 'code');
  return { name: error.name, ...(typeof code === 'string' ? { code } : {}), ...(/^(HrIngest|Kafka|EventStore|Application)Error$/.test(error.name) ? { message: error.message } : {}) };
}

type Counts = Readonly<Record<string, number>>;

function telling(log: Logger): (counts: Counts) => void {
  const total: Record<string, number> = {};
  let toldAt = -Infinity;
  return (counts) => {
    for (const [outcome, count] of Object.entries(counts)) total[outcome] = (total[outcome] ?? 0) + count;
    if (performance.now() - toldAt < TELL_MS) return;
    toldAt = performance.now();
    log.info({ handled: { ...total } }, 'messages handled so far');
  };
}
