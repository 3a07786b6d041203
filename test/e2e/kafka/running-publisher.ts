import { openEventStore, type EventStore } from '@bestendig/event-store';
import { openKafka, type Kafka, type ReceivedMessage } from '@bestendig/kafka';
import { runPublisher, type PublisherOptions } from '@bestendig/publisher';
import { createTestDatabase, uniqueName, type TestDatabase } from '@bestendig/testing';
import { freshLog } from '../fresh-log';
import { isSaid, statesIn, viewsOf } from './published';
import { OWN_SOURCE, until } from './running-ingest';
import { allOf } from './whole-topic';

/** The publisher on topics and a database of its own. */
export class RunningPublisher {
  private readonly running = new Map<AbortController, Promise<void>>();

  private constructor(
    readonly options: Omit<PublisherOptions, 'signal'>,
    readonly database: TestDatabase,
    readonly store: EventStore,
    readonly kafka: Kafka,
  ) {}

  static async make(broker: string): Promise<RunningPublisher> {
    const database = await createTestDatabase();
    const log = freshLog(database.url);
    const settings = { brokers: [broker], clientId: 'test', tls: false, sasl: null };
    const options = {
      ...{ kafka: settings, ...log, ownSource: OWN_SOURCE, logLevel: 'fatal', partitions: 3 },
      ...{ placementsTopic: uniqueName('placements'), stateTopic: uniqueName('placement-state') },
    };
    const store = await openEventStore(log);
    return new RunningPublisher(options, database, store, openKafka(settings));
  }

  /** Gives what ends this one. */
  start(over: Partial<PublisherOptions> = {}): () => Promise<void> {
    const stop = new AbortController();
    this.running.set(stop, runPublisher({ ...this.options, ...over, signal: stop.signal }));
    return () => this.end(stop);
  }

  private async end(stop: AbortController): Promise<void> {
    stop.abort();
    await this.running.get(stop);
    this.running.delete(stop);
  }

  changes(): Promise<readonly ReceivedMessage[]> {
    return allOf(this.kafka, this.options.placementsTopic);
  }

  states(): Promise<ReadonlyMap<string, object>> {
    return statesIn(this.kafka, this.options.stateTopic);
  }

  /** Until the compacted topic says what holds of all placements, but for some. */
  async published(but: ReadonlySet<string> = new Set()): Promise<void> {
    const told = (views: ReadonlyMap<string, object>) => JSON.stringify([...views].filter(([placementId, view]) => isSaid(view) && !but.has(placementId)).sort());
    const views = told(await viewsOf(this.store));
    await until(async () => told(await this.states()) === views);
  }

  async close(): Promise<void> {
    for (const stop of [...this.running.keys()]) await this.end(stop);
    await Promise.all([this.store.close(), this.kafka.close()]);
    await this.database.drop();
  }
}
