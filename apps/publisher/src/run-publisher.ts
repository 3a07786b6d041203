import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreError, openEventStore, type Position } from '@bestendig/event-store';
import { KafkaError, openKafka, type Kafka, type Sender } from '@bestendig/kafka';
import { isUnavailable } from '@bestendig/postgres';
import { forgetReactions, retrying, runReactions } from '@bestendig/reactions';
import { pino, type Logger } from 'pino';
import { PublisherError } from './errors';
import { LeftOutPlacements } from './left-out-placements';
import type { ViewOf } from './messages-of-page';
import { PUBLISH_PLACEMENTS, publishingPlacements } from './publish-placements';
import type { PublisherSettings } from './settings';

/** A line in the log at most this often. */
const TELL_MS = 5_000;
const DEFECT = 'a defect: it is tried again';
/** A broker that is away is not waited for longer by who has to stop. */
const CLOSE_MS_MAX = 2_000;

export type PublisherOptions = PublisherSettings & {
  /** Ends it, between two pages. */
  readonly signal: AbortSignal;
  /** pino's level; by default `info`. */
  readonly logLevel?: string;
  /** What may be known of a placement; by default what its timeline says. */
  readonly viewOf?: ViewOf;
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
      isTemporary: (error) => isAway(error) || isDefect(error),
      onFailure: (error) => (isDefect(error) ? log.error({ err: saidOf(error) }, DEFECT) : log.warn({ err: saidOf(error) }, 'a store or the broker cannot be reached: it is tried again')),
    },
    () => run(options, log),
  );
}

async function run(options: PublisherOptions, log: Logger): Promise<void> {
  const { databaseUrl, eventStoreDb, placementsTopic, stateTopic, ownSource, signal, viewOf } = options;
  const kafka = openKafka(options.kafka);
  const closing: (() => Promise<unknown>)[] = [() => kafka.close()];
  try {
    const store = await openEventStore({ databaseUrl, eventStoreDb, maxConnections: 4 });
    closing.push(() => store.close());
    const leftOut = await LeftOutPlacements.open(databaseUrl);
    closing.push(() => leftOut.close());
    const senders = { changes: await opened(kafka, closing), states: await opened(kafka, closing) };
    const reaction = publishingPlacements({
      ...{ store, senders, leftOut, source: ownSource, placementsTopic, stateTopic, signal, onPublished: telling(log) },
      ...(viewOf === undefined ? {} : { viewOf }),
      beforeStart: (from) => haveTopics(options, kafka, from),
      onLeftOut: (placementId, error) => log.error({ placementId, err: saidOf(error) }, 'a placement cannot be read: it is left out'),
    });
    log.info({ topics: [placementsTopic, stateTopic] }, 'publishing placements');
    await runReactions({
      ...{ store, databaseUrl, right: 'publisher', reactions: [reaction], signal },
      onFailure: (_, error) => (isDefect(error) ? log.error({ err: saidOf(error) }, DEFECT) : log.warn({ err: saidOf(error) }, 'it is tried again')),
    });
  } finally {
    for (const close of closing.reverse()) await Promise.race([close().catch(() => undefined), sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
  }
}

async function opened(kafka: Kafka, closing: (() => Promise<unknown>)[]): Promise<Sender> {
  const sender = await kafka.openSender();
  closing.push(() => sender.close());
  return sender;
}

/**
 * Makes the topics that are not there; of the state's the last message of each key is kept. Where something was published
 * before, they were deleted or have other names now: then all is published from the start of the log.
 */
async function haveTopics({ databaseUrl, placementsTopic, stateTopic, partitions }: PublisherOptions, kafka: Kafka, from: Position | null): Promise<void> {
  const there = [await kafka.partitionsOf(placementsTopic), await kafka.partitionsOf(stateTopic)];
  if (!there.includes(null)) return;
  // Forgotten first: a kill after it finds the topics missing again.
  if (from !== null) await forgetReactions(databaseUrl, PUBLISH_PLACEMENTS);
  await kafka.makeTopics([
    { name: placementsTopic, partitions },
    { name: stateTopic, partitions, config: { 'cleanup.policy': 'compact' } },
  ]);
  if (from !== null) throw new PublisherError('topicsMadeAnew', 'The topics were not there: all is published again.');
}

function isAway(error: unknown): boolean {
  return ((error instanceof EventStoreError || error instanceof KafkaError) && error.code === 'unavailable') || isUnavailable(error);
}

/** Kafka's client failed in a way that is no outage: tried again all the same, and told aloud. */
const isDefect = (error: unknown): boolean => error instanceof KafkaError && error.code === 'failed';

/** By name and code: what else an error says may hold what was recorded. */
function saidOf(error: unknown): object {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return { name: error instanceof Error ? error.name : 'unknown', ...(typeof code === 'string' ? { code } : {}) };
}

function telling(log: Logger): (messages: number) => void {
  let [published, toldAt] = [0, -Infinity];
  return (messages) => {
    published += messages;
    if (performance.now() - toldAt < TELL_MS) return;
    toldAt = performance.now();
    log.info({ published }, 'messages published so far');
  };
}
