import { KafkaError } from './port';
import { kafkaSettings } from './settings';

const refusal = (environment: Record<string, string>): string => {
  try {
    kafkaSettings(environment);
  } catch (error) {
    if (error instanceof KafkaError && error.code === 'badSettings') return error.message;
    throw error;
  }
  return '';
};

test('brokers alone are enough', () => {
  expect(kafkaSettings({ KAFKA_BROKERS: 'one:9092, two.example.nl:9093 ,[::1]:9092,', KAFKA_TLS: '' })).toEqual({
    ...{ brokers: ['one:9092', 'two.example.nl:9093', '[::1]:9092'], clientId: 'bestendig', tls: false, sasl: null },
  });
});

test('with TLS and an account', () => {
  const account = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_USERNAME: 'hr', KAFKA_PASSWORD: 'secret' };
  expect(kafkaSettings({ KAFKA_BROKERS: 'one:9092', KAFKA_TLS: 'true', KAFKA_CLIENT_ID: 'mine', ...account })).toEqual({
    ...{ brokers: ['one:9092'], clientId: 'mine', tls: true },
    sasl: { mechanism: 'scram-sha-512', username: 'hr', password: 'secret' },
  });
});

test.each<[string, Record<string, string>, readonly string[]]>([
  ['no brokers', {}, ['KAFKA_BROKERS']],
  ['a broker without a port', { KAFKA_BROKERS: 'one' }, ['KAFKA_BROKERS']],
  ['a port that is none', { KAFKA_BROKERS: 'one:99999' }, ['KAFKA_BROKERS']],
  ['port 0', { KAFKA_BROKERS: 'one:0' }, ['KAFKA_BROKERS']],
  ['an address with a scheme', { KAFKA_BROKERS: 'kafka://one:9092' }, ['KAFKA_BROKERS']],
  ['TLS neither true nor false', { KAFKA_BROKERS: 'one:9092', KAFKA_TLS: 'yes' }, ['KAFKA_TLS']],
  ['another mechanism', { KAFKA_BROKERS: 'one:9092', KAFKA_SASL_MECHANISM: 'gssapi' }, ['KAFKA_SASL_MECHANISM']],
  [
    'an account without a mechanism',
    { KAFKA_BROKERS: 'one:9092', KAFKA_USERNAME: 'hr', KAFKA_PASSWORD: 'x' },
    ['KAFKA_USERNAME'],
  ],
  ['all of it', { KAFKA_TLS: 'yes', KAFKA_SASL_MECHANISM: 'plain' }, ['KAFKA_BROKERS', 'KAFKA_TLS', 'KAFKA_PASSWORD']],
])('%s is told by name', (_, environment, names) => {
  const said = refusal(environment);
  for (const name of names) expect(said).toContain(name);
});

test('no value is repeated: it may be the password in the wrong place', () => {
  const secret = 'geheim-wachtwoord';
  const all = { KAFKA_BROKERS: secret, KAFKA_TLS: secret, KAFKA_SASL_MECHANISM: secret, KAFKA_USERNAME: secret };
  expect(refusal(all)).not.toContain(secret);
});
