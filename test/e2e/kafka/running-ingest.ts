import { openEventStore, type EventStore, type RecordedEvent } from '@bestendig/event-store';
import { deadLetterTopic, runHrIngest, type HrIngestOptions } from '@bestendig/hr-ingest';
import { openIntake, type Intake } from '@bestendig/intake';
import { openKafka, type Kafka, type OutgoingMessage, type ReceivedMessage, type Sender } from '@bestendig/kafka';
import { createTestDatabase, uniqueName, type TestDatabase } from '@bestendig/testing';
import type { HrMessage } from '@bestendig/hr-messages';
import { freshLog } from '../fresh-log';
import { allOf } from './whole-topic';

export const OWN_SOURCE = 'urn:nld:oin:00000009000000000000:systeem:bestendig';
export const SECRET = Buffer.alloc(32, 5);

/** hr-ingest on topics and a database of its own. */
export class RunningIngest {
  private stopper: AbortController | null = null;
  private running: Promise<void> = Promise.resolve();

  private constructor(
    readonly options: Omit<HrIngestOptions, 'signal'>,
    readonly database: TestDatabase,
    readonly store: EventStore,
    readonly intake: Intake,
    readonly kafka: Kafka,
    readonly sender: Sender,
  ) {}

  static async start(broker: string, over: Partial<HrIngestOptions> = {}): Promise<RunningIngest> {
    const database = await createTestDatabase();
    const log = freshLog(database.url);
    const settings = { brokers: [broker], clientId: 'test', tls: false, sasl: null };
    const options = {
      ...{ kafka: settings, ...log, secret: SECRET, ownSource: OWN_SOURCE, logLevel: 'fatal' },
      ...{ factsTopic: uniqueName('facts'), factsTopicEpoch: 1, outcomesTopic: uniqueName('outcomes'), group: uniqueName('group'), partitions: 3 },
      ...over,
    };
    const kafka = openKafka(settings);
    const store = await openEventStore(log);
    await kafka.makeTopics([{ name: options.factsTopic, partitions: options.partitions }]);
    const ingest = new RunningIngest(options, database, store, await openIntake(database.url), kafka, await kafka.openSender());
    ingest.goOn();
    return ingest;
  }

  /** Runs it, with other settings where given. */
  goOn(over: Partial<HrIngestOptions> = {}): void {
    this.stopper = new AbortController();
    this.running = runHrIngest({ ...this.options, ...over, signal: this.stopper.signal });
    this.running.catch(() => undefined);
  }

  /** Ends it, between two batches. */
  async pause(): Promise<void> {
    this.stopper?.abort();
    await this.running;
  }

  send(...messages: readonly OutgoingMessage[]) {
    return this.sender.send(this.options.factsTopic, messages);
  }

  /** Until every message sent so far has been handled. */
  async handled(): Promise<void> {
    await until(async () => [...(await this.kafka.lag(this.options.group, this.options.factsTopic)).values()].every((lag) => lag === 0));
  }

  outcomes(): Promise<readonly ToldOutcome[]> {
    return allOf(this.kafka, this.options.outcomesTopic).then((messages) => messages.map(outcomeOf));
  }

  deadLetters(): Promise<readonly ReceivedMessage[]> {
    return allOf(this.kafka, deadLetterTopic(this.options.factsTopic));
  }

  async events(): Promise<readonly RecordedEvent[]> {
    return (await this.store.readAll(null, { limit: 10_000, filter: { categories: ['placement'] } })).events;
  }

  async stop(): Promise<void> {
    await this.pause().catch(() => undefined);
    await Promise.all([this.sender.close(), this.intake.close(), this.store.close()]);
    await this.kafka.close();
    await this.database.drop();
  }
}

export type ToldOutcome = {
  readonly partition: number;
  readonly key: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, unknown>>;
};

function outcomeOf({ partition, key, value, headers }: ReceivedMessage): ToldOutcome {
  const attributes = Object.fromEntries(headers.map(([name, text]) => [name, text.toString()]));
  return { partition, key: key?.toString() ?? null, attributes, data: JSON.parse(value?.toString() ?? '') as Record<string, unknown> };
}

export async function until(holds: () => Promise<boolean>, timeoutMs = 40_000): Promise<void> {
  for (const end = Date.now() + timeoutMs; !(await holds()); await new Promise((resolve) => setTimeout(resolve, 50)))
    if (Date.now() > end) throw new Error('It did not happen in time.');
}

/** In binary mode: attributes in headers, the value is data. */
export function binary({ data, ...attributes }: HrMessage, key: string | null = keyOf(data)): OutgoingMessage {
  const headers = Object.entries(attributes).map(([name, text]) => [`ce_${name}`, String(text)] as const);
  return { key, value: JSON.stringify(data), headers: [['content-type', 'application/json'], ...headers] };
}

/** In structured mode: the value is the whole event. */
export const structured = (message: HrMessage, key: string | null = keyOf(message.data)): OutgoingMessage => ({
  ...{ key, value: JSON.stringify(message), headers: [['content-type', 'application/cloudevents+json; charset=utf-8']] },
});

const keyOf = (data: object): string => String(Reflect.get(data, 'employment'));
