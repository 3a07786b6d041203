import { types } from 'node:util';
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
  // Not to be tried again as they are, kafkajs holds; but they come of a broker, or of us, having been away.
  BROKER_NOT_AVAILABLE: 'unavailable',
  FENCED_INSTANCE_ID: 'unavailable',
  ILLEGAL_GENERATION: 'unavailable',
  INVALID_PRODUCER_EPOCH: 'unavailable',
  INVALID_PRODUCER_ID_MAPPING: 'unavailable',
  OFFSET_OUT_OF_RANGE: 'unavailable',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'unavailable',
  REBALANCE_IN_PROGRESS: 'unavailable',
  STALE_BROKER_EPOCH: 'unavailable',
  UNKNOWN_MEMBER_ID: 'unavailable',
  UNKNOWN_PRODUCER_ID: 'unavailable',
};

/** Errors that kafkajs makes itself. Of what it has not implemented, we meet compression alone. */
const NAMES: Readonly<Record<string, KafkaErrorCode>> = {
  KafkaJSSASLAuthenticationError: 'unauthorised',
  KafkaJSNotImplemented: 'compression',
  KafkaJSGroupCoordinatorNotFound: 'unavailable',
  KafkaJSLockTimeout: 'unavailable',
  KafkaJSTimeout: 'unavailable',
};

const SAYS: Readonly<Record<KafkaErrorCode, string>> = {
  unavailable: 'No Kafka broker can be reached, or it is starting.',
  noTopic: 'A topic is not there.',
  unauthorised: 'Kafka does not let this program in, or not do that.',
  tooLarge: 'A message is larger than Kafka takes.',
  compression: 'Messages are compressed otherwise than by gzip, which is not read here: set compression.type of their topic to gzip or uncompressed.',
  badSettings: 'These settings name no Kafka broker or no topic.',
  failed: 'A defect, and no outage',
};

/**
 * What kafkajs throws, in the words of the port: retries wrap it, so the causes are looked through. An outage is only what is
 * known for one; anything else is told by its name, and not in its words, which may hold what was sent.
 */
export function kafkaErrorOf(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error;
  const causes = causesOf(error);
  const own = causes.find((cause) => cause instanceof KafkaError);
  if (own !== undefined) return own;
  for (const cause of causes) {
    const code = CODES[String(Reflect.get(cause, 'type'))] ?? NAMES[cause.name];
    if (code !== undefined) return new KafkaError(code, SAYS[code], { cause: error });
  }
  if (causes.some(isOutage)) return new KafkaError('unavailable', SAYS.unavailable, { cause: error });
  return new KafkaError('failed', `${SAYS.failed}: ${nameOf(causes.at(-1))}.`, { cause: error });
}

/** An error and what it comes of; of several at once, the first. */
function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let at = error; isError(at) && causes.length < 8; at = at.cause ?? firstOf(at)) causes.push(at);
  return causes;
}

/** Node's own may be of another realm. */
const isError = (thrown: unknown): thrown is Error => thrown instanceof Error || types.isNativeError(thrown);

function firstOf(error: Error): unknown {
  const errors: unknown = Reflect.get(error, 'errors');
  return Array.isArray(errors) ? errors[0] : undefined;
}

/** What kafkajs itself would try again: a connection that is lost, a broker that is not ready. */
const isOutage = (error: Error): boolean =>
  (error.name.startsWith('KafkaJS') && Reflect.get(error, 'retriable') === true) || isAnsweredByNone(error);

/** Where none of its brokers answers, kafkajs takes null for their answer about topics, and fails over that. */
const isAnsweredByNone = (error: Error): boolean =>
  error.name === 'TypeError' && /\btopicMetadata\b/.test(error.message) && /\bnull\b/.test(error.message);

function nameOf(error: Error | undefined): string {
  if (error === undefined) return 'no error was thrown, but something else';
  const more: unknown = Reflect.get(error, 'type') ?? Reflect.get(error, 'code');
  return typeof more === 'string' ? `${error.name} ${more}` : error.name;
}
