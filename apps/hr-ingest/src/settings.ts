import { eventStoreSettings, type EventStoreSettings } from '@bestendig/event-store';
import { HR_FACTS_TOPIC, SOURCE } from '@bestendig/hr-messages';
import { HR_OUTCOMES_TOPIC, NOBODYS_SOURCE } from '@bestendig/integration-events';
import { kafkaSettings, type KafkaSettings } from '@bestendig/kafka';
import { HrIngestError } from './errors';

export type HrIngestSettings = EventStoreSettings & {
  readonly kafka: KafkaSettings;
  readonly databaseUrl: string;
  /** 32 bytes that keep external keys out of the log: the same as the API's. */
  readonly secret: Buffer;
  readonly factsTopic: string;
  /** Which life of that topic: one higher each time it was deleted and made anew. */
  readonly factsTopicEpoch: number;
  readonly outcomesTopic: string;
  readonly group: string;
  /** Partitions of topics that are not there yet. */
  readonly partitions: number;
  /** Who we are in what we publish: `urn:nld:oin:<20 digits>:systeem:<name>`. */
  readonly ownSource: string;
};

export const HR_INGEST_GROUP = 'bestendig-hr-ingest';
export const TOPIC_PARTITIONS = 6;

/** Kafka's own rule for the name of a topic; shorter, so that `.DLT` fits behind it. */
const TOPIC = /^[A-Za-z0-9._-]{1,240}$/;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * From the environment: DATABASE_URL, BESTENDIG_SECRET, KAFKA_... (see libs/kafka), EVENT_STORE..., and optionally HR_FACTS_TOPIC,
 * HR_FACTS_TOPIC_EPOCH, HR_OUTCOMES_TOPIC, HR_INGEST_GROUP, TOPIC_PARTITIONS and BESTENDIG_SOURCE. A variable that is empty
 * counts as not set, and no message repeats a value.
 *
 * @throws HrIngestError `badSettings` with all that is wrong; KafkaError and EventStoreError `badSettings`
 */
export function hrIngestSettings(environment: Environment): HrIngestSettings {
  const wrong: string[] = [];
  const read = (name: string, otherwise: string, rule: RegExp, says: string): string => {
    const value = environment[name] || otherwise;
    if (!rule.test(value)) wrong.push(`${name} is ${says}.`);
    return value;
  };
  const databaseUrl = read('DATABASE_URL', '', /./, 'the PostgreSQL to use, and has to be set');
  const secret = read('BESTENDIG_SECRET', '', /^[0-9a-f]{64}$/i, '64 hex digits, the same as for the API, and has to be set');
  const factsTopic = read('HR_FACTS_TOPIC', HR_FACTS_TOPIC, TOPIC, 'the name of a topic: up to 240 letters, digits, dots, dashes and underscores');
  const outcomesTopic = read('HR_OUTCOMES_TOPIC', HR_OUTCOMES_TOPIC, TOPIC, 'the name of a topic');
  const epoch = read('HR_FACTS_TOPIC_EPOCH', '1', /^[1-9]\d{0,5}$/, 'a number from 1');
  const group = read('HR_INGEST_GROUP', HR_INGEST_GROUP, TOPIC, 'the name of a consumer group');
  const partitions = read('TOPIC_PARTITIONS', String(TOPIC_PARTITIONS), /^[1-9]\d{0,3}$/, 'a number from 1 to 9999');
  const ownSource = read('BESTENDIG_SOURCE', NOBODYS_SOURCE, SOURCE, 'urn:nld:oin:<20 digits>:systeem:<name>');
  if (wrong.length > 0) throw new HrIngestError('badSettings', wrong.join(' '));
  return {
    ...eventStoreSettings(environment),
    ...{ kafka: kafkaSettings(environment), databaseUrl, secret: Buffer.from(secret, 'hex'), factsTopic, outcomesTopic, group, ownSource },
    ...{ factsTopicEpoch: Number(epoch), partitions: Number(partitions) },
  };
}
