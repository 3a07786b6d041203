import { KafkaJSAggregateError, KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded } from 'kafkajs';
import { kafkaErrorOf } from './kafkajs-errors';

/** kafkajs's errors hold more than its types say. */
const named = (name: string, more: object = {}): Error => Object.assign(new Error('secret'), { name }, more);
const answer = (type: string, retriable: boolean): Error => named('KafkaJSProtocolError', { type, retriable });
const tried = (cause: Error): Error => new KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 5, retryTime: 1 });
const wrapped = (cause: Error): Error => named('KafkaJSNonRetriableError', { retriable: false, cause });

/** As kafkajs's admin reads what its brokers say of topics. */
type Told = { readonly topicMetadata: readonly string[] };
const topicsIn = (told: unknown): readonly string[] => {
  const { topicMetadata } = told as Told;
  return topicMetadata;
};
const namesIn = (told: unknown): readonly string[] => (told as Told).topicMetadata.map(String);

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test.each<[string, unknown, string]>([
  ['a lost connection', new KafkaJSConnectionError('gone'), 'unavailable'],
  ['a lost connection, tried often', tried(new KafkaJSConnectionError('gone')), 'unavailable'],
  ['a time-out', named('KafkaJSTimeout', { retriable: false }), 'unavailable'],
  ['a broker that is starting', answer('GROUP_LOAD_IN_PROGRESS', true), 'unavailable'],
  ['a member the broker has forgotten', answer('UNKNOWN_MEMBER_ID', false), 'unavailable'],
  ['no such topic', answer('UNKNOWN_TOPIC_OR_PARTITION', true), 'noTopic'],
  ['one of several', new KafkaJSAggregateError('all', [answer('LEADER_NOT_AVAILABLE', true)]), 'unavailable'],
  ['an answer of none of its brokers', thrownBy(() => topicsIn(null)), 'unavailable'],
  ['such an answer, read otherwise', thrownBy(() => namesIn(null)), 'unavailable'],
  ['an answer that fits nothing', answer('POLICY_VIOLATION', false), 'failed'],
  ['a defect of its own', new TypeError('secret'), 'failed'],
  ['a defect of its own, wrapped', wrapped(new TypeError('secret')), 'failed'],
  ['bytes that it cannot read', named('KafkaJSNonRetriableError', { retriable: false }), 'failed'],
  ['no error at all', 'secret', 'failed'],
])('%s', (_, error, code) => {
  expect(kafkaErrorOf(error)).toMatchObject({ code, cause: error });
  expect(kafkaErrorOf(error).message).not.toContain('secret');
}); // prettier-ignore

test('what is no outage is told by its name', () => {
  expect(kafkaErrorOf(wrapped(new TypeError('x'))).message).toContain('TypeError');
  expect(kafkaErrorOf(answer('POLICY_VIOLATION', false)).message).toContain('POLICY_VIOLATION');
});
