import { Partitioners, type Kafka as KafkaJs, type Message, type Producer, type RecordMetadata } from 'kafkajs';
import { kafkaErrorOf } from './kafkajs-errors';
import { messageOf, requestsOf } from './kafkajs-messages';
import { KafkaError, type OutgoingMessage, type Sender, type Sent } from './port';

/** About half a minute of a broker that restarts; who sends then tries again. */
const RETRY = { retries: 12, initialRetryTime: 100, maxRetryTime: 5_000 };

/** One request at a time, so that messages stand in their partitions in the order they were given. */
export class KafkaJsSender implements Sender {
  private producer: Promise<Producer> | null = null;
  private last: Promise<unknown> = Promise.resolve();
  private isClosed = false;
  private readonly partitions = new WeakMap<Message, number>();

  constructor(private readonly kafka: KafkaJs) {}

  /** Connects, so that settings that cannot work are known at once. */
  async open(): Promise<this> {
    await this.connected();
    return this;
  }

  send(topic: string, messages: readonly OutgoingMessage[]): Promise<readonly Sent[]> {
    if (this.isClosed) return Promise.reject(new KafkaError('unavailable', 'The sender is closed.'));
    const sent = this.last.then(() => this.sendAll(topic, messages));
    this.last = sent.catch(() => undefined);
    return sent;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.last;
    const producer = await this.producer?.catch(() => null);
    this.producer = null;
    await producer?.disconnect();
  }

  private async sendAll(topic: string, messages: readonly OutgoingMessage[]): Promise<readonly Sent[]> {
    const sent: Sent[] = [];
    for (const request of requestsOf(messages)) sent.push(...(await this.sendOne(topic, request)));
    return sent;
  }

  private async sendOne(topic: string, messages: readonly OutgoingMessage[]): Promise<readonly Sent[]> {
    const given = messages.map(messageOf);
    try {
      const producer = await this.connected();
      return this.placesOf(given, await producer.send({ topic, acks: -1, messages: given }));
    } catch (error) {
      // A producer whose sequence is broken stays so: the next one begins anew.
      const broken = this.producer;
      this.producer = null;
      void broken?.then((producer) => producer.disconnect()).catch(() => undefined);
      throw kafkaErrorOf(error);
    }
  }

  private placesOf(messages: readonly Message[], answers: readonly RecordMetadata[]): readonly Sent[] {
    const next = new Map(answers.map(({ partition, baseOffset }) => [partition, BigInt(baseOffset ?? -1)]));
    return messages.map((message) => {
      const partition = this.partitions.get(message) ?? 0;
      const offset = next.get(partition) ?? -1n;
      // -1: written by a request whose answer was lost; the broker knows it, and does not say where it stands.
      if (offset >= 0n) next.set(partition, offset + 1n);
      return { partition, offset: String(offset) };
    });
  }

  private connected(): Promise<Producer> {
    this.producer ??= this.connect();
    this.producer.catch(() => (this.producer = null));
    return this.producer;
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      retry: RETRY,
      allowAutoTopicCreation: false,
      createPartitioner: () => {
        const choose = Partitioners.DefaultPartitioner();
        return (given) => {
          // Once: kafkajs asks again when it tries again, and a message without a key would move to another partition,
          // perhaps one that is sent already.
          const partition = this.partitions.get(given.message) ?? choose(given);
          // kafkajs leaves a message out where the topic has no such partition, and says nothing.
          if (!given.partitionMetadata.some(({ partitionId }) => partitionId === partition)) throw new KafkaError('noTopic', 'The topic has no such partition.');
          this.partitions.set(given.message, partition);
          return partition;
        };
      },
    });
    try {
      await producer.connect();
    } catch (error) {
      throw kafkaErrorOf(error);
    }
    return producer;
  }
}
