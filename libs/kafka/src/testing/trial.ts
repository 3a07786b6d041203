import { setTimeout as sleep } from 'node:timers/promises';
import type {
  ConsumeOptions,
  Kafka,
  KafkaSettings,
  OutgoingMessage,
  ReceivedMessage,
  Sender,
  Sent,
  Topic,
} from '../port';

/** What the port promises is tried on a topic of one's own. */
export class Trial {
  private readonly consuming = new Set<Consuming>();

  private constructor(
    readonly kafka: Kafka,
    readonly topic: string,
    readonly sender: Sender,
  ) {}

  static async open(open: (settings: KafkaSettings) => Kafka, broker: string, topic: Topic): Promise<Trial> {
    const kafka = open({ brokers: [broker], clientId: 'trial', tls: false, sasl: null });
    await kafka.makeTopics([topic]);
    return new Trial(kafka, topic.name, await kafka.openSender());
  }

  send(...messages: readonly OutgoingMessage[]): Promise<readonly Sent[]> {
    return this.sender.send(this.topic, messages);
  }

  /** A consumer that keeps what it handled. */
  consume(group: string, options: Partial<ConsumeOptions> = {}): Consuming {
    const one = new Consuming(this.kafka, { group, topic: this.topic, batchMessages: 10, ...options });
    this.consuming.add(one);
    return one;
  }

  /** Waits until a group has nothing left to handle. */
  async handledBy(group: string): Promise<void> {
    await until(async () => [...(await this.kafka.lag(group, this.topic)).values()].every((left) => left === 0));
  }

  async close(): Promise<void> {
    await Promise.all([...this.consuming].map((one) => one.stop()));
    await this.sender.close();
    await this.kafka.close();
  }
}

/** A consumer, from its start to its stop. */
export class Consuming {
  readonly handled: ReceivedMessage[] = [];
  readonly failures: unknown[] = [];
  /** Each time that partitions were given. */
  readonly assigned: (readonly number[])[] = [];
  private readonly stopper = new AbortController();
  readonly ended: Promise<void>;

  constructor(
    kafka: Kafka,
    { handle, ...options }: Omit<ConsumeOptions, 'signal' | 'handle'> & Partial<ConsumeOptions>,
  ) {
    this.ended = kafka.consume({
      onFailure: (error) => void this.failures.push(error),
      onAssigned: (partitions) => void this.assigned.push(partitions),
      ...options,
      signal: this.stopper.signal,
      handle: async (messages, lost) => {
        await handle?.(messages, lost);
        this.handled.push(...messages);
      },
    });
    this.ended.catch(() => undefined);
  }

  /** Values in the order handled. */
  values(): readonly string[] {
    return this.handled.map(({ value }) => value?.toString() ?? '');
  }

  async stop(): Promise<void> {
    this.stopper.abort();
    await this.ended.catch(() => undefined);
  }
}

export async function until(isSo: () => boolean | Promise<boolean>, msMax = 60_000): Promise<void> {
  for (const limit = Date.now() + msMax; !(await isSo()); await sleep(25)) {
    if (Date.now() > limit) throw new Error('It did not come about in time.');
  }
}

/** `from`, `from + 1`, ... as texts. */
export const numbers = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, n) => String(from + n));
