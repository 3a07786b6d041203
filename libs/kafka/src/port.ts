/**
 * Kafka as the apps see it: topics in, topics out. The adapter is on kafkajs, which has had no release for three years and
 * so stays behind this.
 */

export type Header = readonly [name: string, value: Buffer];

/** A message as it stands in its topic. */
export type ReceivedMessage = {
  readonly topic: string;
  readonly partition: number;
  /** Digits. */
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** A name may come more than once, then in the order sent; one without a value has an empty one. */
  readonly headers: readonly Header[];
  /** Milliseconds since 1970, as the broker or the producer set it. */
  readonly timestampMs: number;
};

export type OutgoingMessage = {
  readonly key: Buffer | string | null;
  /** null: a tombstone. */
  readonly value: Buffer | string | null;
  readonly headers?: readonly (readonly [name: string, value: Buffer | string])[];
  /** Without it the key decides, as Java's default partitioner does. */
  readonly partition?: number;
};

/**
 * Where a message came to stand. Offset `-1`: written by an earlier request whose answer was lost, and the broker does not
 * say any more where.
 */
export type Sent = { readonly partition: number; readonly offset: string };

/** Sends with an idempotent producer, acknowledged by all in-sync replicas; resolves when all are durable. */
export type Sender = {
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<readonly Sent[]>;
  close(): Promise<void>;
};

export type ConsumeOptions = {
  readonly group: string;
  readonly topic: string;
  /** At most so many messages are handled at a time. */
  readonly batchMessages: number;
  /** Bytes that wait in memory, at most, per partition. */
  readonly partitionBytes?: number;
  /** Partitions handled side by side; within one, batches follow each other. */
  readonly partitionsAtOnce?: number;
  readonly signal: AbortSignal;
  /**
   * Messages of one partition, in order, following on those before. The offset moves on only when this resolves; where it
   * rejects, the same messages come again after a while, for ever: what can be decided about a message must not reject.
   * They come again, too, after a kill or a rebalance. `lost` aborts when the partition may be another consumer's by now.
   */
  readonly handle: (messages: readonly ReceivedMessage[], lost: AbortSignal) => Promise<void>;
  /** Told of each failure, of `handle` or of the broker. */
  readonly onFailure?: (error: unknown) => void;
  /** Told when partitions were given to this consumer, or taken. */
  readonly onAssigned?: (partitions: readonly number[]) => void;
};

export type Topic = {
  readonly name: string;
  readonly partitions: number;
  readonly config?: Readonly<Record<string, string>>;
};

export type Kafka = {
  openSender(): Promise<Sender>;
  /** Consumes until the signal aborts; reconnects for ever. Rejects only for settings that can never work. */
  consume(options: ConsumeOptions): Promise<void>;
  /** Makes those topics that are not there; one that is there is left as it is. */
  makeTopics(topics: readonly Topic[]): Promise<void>;
  /** How many partitions a topic has; null where there is none of that name. */
  partitionsOf(topic: string): Promise<number | null>;
  /** Messages read at their places, in the order asked; null for one that is not there any more. */
  read(topic: string, places: readonly Sent[]): Promise<readonly (ReceivedMessage | null)[]>;
  /** Messages that a group has still to handle, by partition. */
  lag(group: string, topic: string): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
};

export const KAFKA_ERRORS = [
  'unavailable', // no broker can be reached, or it is starting: may be tried again
  'noTopic', // the topic is not there, and may not be made
  'unauthorised', // the broker does not let this program in, or not do that
  'tooLarge', // a message over the broker's limit
  'compression', // messages compressed in a way that is not read here
  'badSettings', // settings that name no broker
  'failed', // anything else, of Kafka's client or in a broker's answer: a defect and no outage; what is consumed is tried again all the same
] as const; // prettier-ignore
export type KafkaErrorCode = (typeof KAFKA_ERRORS)[number];

export class KafkaError extends Error {
  constructor(
    readonly code: KafkaErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'KafkaError';
  }
}

/** How to reach the brokers. */
export type KafkaSettings = {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly tls: boolean;
  readonly sasl: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  } | null;
};
