import { EventStoreError, openEventStore } from '@bestendig/event-store';
import { KafkaError, openKafka, type Kafka } from '@bestendig/kafka';
import { isUnavailable } from '@bestendig/postgres';
import { retrying, runReactions } from '@bestendig/reactions';
import { pino, type Logger } from 'pino';
import { publishingPlacements } from './publish-placements';
import type { PublisherSettings } from './settings';

/** A line in the log at most this often. */
const TELL_MS = 5_000;

export type PublisherOptions = PublisherSettings & {
  /** Ends it, between two pages. */
  readonly signal: AbortSignal;
  /** pino's level; by default `info`. */
  readonly logLevel?: string;
};

/**
 * Publishes what changes in placements until the signal aborts. Several may run: one works, the others wait. A broker or
 * database that is away is waited for, and nothing is left out; settings that can never work are thrown.
 */
export async function runPublisher(options: PublisherOptions): Promise<void> {
  const log = pino({ level: options.logLevel ?? 'info', base: { app: 'publisher' } });
  await retrying(
    {
      signal: options.signal,
      isTemporary: isAway,
      onFailure: (error) => log.warn({ err: saidOf(error) }, 'a store or the broker cannot be reached: it is tried again'),
    },
    () => run(options, log),
  );
}

async function run(options: PublisherOptions, log: Logger): Promise<void> {
  const { databaseUrl, eventStoreDb, placementsTopic, stateTopic, ownSource, signal } = options;
  const kafka = openKafka(options.kafka);
  const closing: (() => Promise<unknown>)[] = [() => kafka.close()];
  try {
    const store = await openEventStore({ databaseUrl, eventStoreDb, maxConnections: 4 });
    closing.push(() => store.close());
    await makeTopics(options, kafka);
    const sender = await kafka.openSender();
    closing.push(() => sender.close());
    const reaction = publishingPlacements({
      ...{ store, sender, source: ownSource, placementsTopic, stateTopic, onPublished: telling(log) },
      onUnreadable: (placementId, error) => log.error({ placementId, err: saidOf(error) }, 'a placement cannot be read: it is left out'),
    });
    log.info({ topics: [placementsTopic, stateTopic] }, 'publishing placements');
    await runReactions({
      ...{ store, databaseUrl, right: 'publisher', reactions: [reaction], signal },
      onFailure: (_, error) => log.warn({ err: saidOf(error) }, 'it is tried again'),
    });
  } finally {
    for (const close of closing.reverse()) await close().catch(() => undefined);
  }
}

/** Of the state's topic the last message of each key is kept. */
const makeTopics = ({ placementsTopic, stateTopic, partitions }: PublisherSettings, kafka: Kafka): Promise<void> =>
  kafka.makeTopics([
    { name: placementsTopic, partitions },
    { name: stateTopic, partitions, config: { 'cleanup.policy': 'compact' } },
  ]);

function isAway(error: unknown): boolean {
  return ((error instanceof EventStoreError || error instanceof KafkaError) && error.code === 'unavailable') || isUnavailable(error);
}

/** By name and code: what else an error says may hold what was recorded. */
function saidOf(error: unknown): object {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return { name: error instanceof Error ? error.name : 'unknown', ...(typeof code === 'string' ? { code } : {}) };
}

function telling(log: Logger): (messages: number) => void {
  let [published, toldAt] = [0, 0];
  return (messages) => {
    published += messages;
    if (Date.now() - toldAt < TELL_MS) return;
    toldAt = Date.now();
    log.info({ published }, 'messages published so far');
  };
}
