import { eventStoreSettings, type EventStoreSettings } from '@bestendig/event-store';
import { NOBODYS_SOURCE, PLACEMENT_STATE_TOPIC, PLACEMENTS_TOPIC } from '@bestendig/integration-events';
import { kafkaSettings, type KafkaSettings } from '@bestendig/kafka';
import { PublisherError } from './errors';

export type PublisherSettings = EventStoreSettings & {
  readonly kafka: KafkaSettings;
  readonly databaseUrl: string;
  readonly placementsTopic: string;
  readonly stateTopic: string;
  /** Partitions of topics that are not there yet. */
  readonly partitions: number;
  /** Who we are in what we publish: `urn:nld:oin:<20 digits>:systeem:<name>`. */
  readonly ownSource: string;
};

const SOURCE = /^urn:nld:oin:[0-9]{20}:systeem:[A-Za-z0-9._-]{1,64}$/;
const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;

/**
 * From the environment: DATABASE_URL, KAFKA_... (see libs/kafka), EVENT_STORE..., and optionally PLACEMENTS_TOPIC,
 * PLACEMENT_STATE_TOPIC, TOPIC_PARTITIONS and BESTENDIG_SOURCE. A variable that is empty counts as not set.
 *
 * @throws PublisherError `badSettings` with all that is wrong; KafkaError and EventStoreError `badSettings`
 */
export function publisherSettings(environment: Readonly<Record<string, string | undefined>>): PublisherSettings {
  const wrong: string[] = [];
  const read = (name: string, otherwise: string, rule: RegExp, says: string): string => {
    const value = environment[name] || otherwise;
    if (!rule.test(value)) wrong.push(`${name} is ${says}.`);
    return value;
  };
  const databaseUrl = read('DATABASE_URL', '', /./, 'the PostgreSQL to use, and has to be set');
  const placementsTopic = read('PLACEMENTS_TOPIC', PLACEMENTS_TOPIC, TOPIC, 'the name of a topic');
  const stateTopic = read('PLACEMENT_STATE_TOPIC', PLACEMENT_STATE_TOPIC, TOPIC, 'the name of a topic');
  const partitions = read('TOPIC_PARTITIONS', '6', /^[1-9]\d{0,3}$/, 'a number from 1 to 9999');
  const ownSource = read('BESTENDIG_SOURCE', NOBODYS_SOURCE, SOURCE, 'urn:nld:oin:<20 digits>:systeem:<name>');
  if (placementsTopic === stateTopic) wrong.push('PLACEMENTS_TOPIC and PLACEMENT_STATE_TOPIC are two topics.');
  if (wrong.length > 0) throw new PublisherError('badSettings', wrong.join(' '));
  return {
    ...eventStoreSettings(environment),
    ...{ kafka: kafkaSettings(environment), databaseUrl, placementsTopic, stateTopic, partitions: Number(partitions), ownSource },
  };
}
