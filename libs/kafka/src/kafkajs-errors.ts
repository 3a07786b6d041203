import { KafkaError, type KafkaErrorCode } from './port';

const CODES: Readonly<Record<string, KafkaErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'noTopic',
  INVALID_TOPIC_EXCEPTION: 'badSettings',
  TOPIC_AUTHORIZATION_FAILED: 'unauthorised',
  GROUP_AUTHORIZATION_FAILED: 'unauthorised',
  CLUSTER_AUTHORIZATION_FAILED: 'unauthorised',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'unauthorised',
  SASL_AUTHENTICATION_FAILED: 'unauthorised',
  MESSAGE_TOO_LARGE: 'tooLarge',
  RECORD_LIST_TOO_LARGE: 'tooLarge',
};

/** Errors that kafkajs makes itself. Of what it has not implemented, we meet compression alone. */
const NAMES: Readonly<Record<string, KafkaErrorCode>> = {
  KafkaJSSASLAuthenticationError: 'unauthorised',
  KafkaJSNotImplemented: 'compression',
};

const SAYS: Readonly<Record<KafkaErrorCode, string>> = {
  unavailable: 'No Kafka broker can be reached, or it is starting.',
  noTopic: 'A topic is not there.',
  unauthorised: 'Kafka does not let this program in, or not do that.',
  tooLarge: 'A message is larger than Kafka takes.',
  compression: 'Messages are compressed otherwise than by gzip, which is not read here: set compression.type of their topic to gzip or uncompressed.',
  badSettings: 'These settings name no Kafka broker or no topic.',
};

/** What kafkajs throws, in the words of the port: retries wrap it, so the causes are looked through. */
export function kafkaErrorOf(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error;
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = Reflect.get(at, 'cause'), depth += 1) {
    const code = CODES[String(Reflect.get(at, 'type'))] ?? NAMES[at.name];
    if (code !== undefined) return new KafkaError(code, SAYS[code], { cause: error });
  }
  return new KafkaError('unavailable', SAYS.unavailable, { cause: error });
}
