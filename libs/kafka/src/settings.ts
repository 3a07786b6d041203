import { KafkaError, type KafkaSettings } from './port';

const BROKER = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):([1-9]\d{0,4})$/;
const PORT_MAX = 65_535;
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/**
 * From the environment: KAFKA_BROKERS (`host:port`, with commas between), KAFKA_TLS (`true` or `false`), KAFKA_SASL_MECHANISM with
 * KAFKA_USERNAME and KAFKA_PASSWORD, KAFKA_CLIENT_ID. A variable that is empty counts as not set; no message repeats a value.
 *
 * @throws KafkaError `badSettings`, with all that is wrong
 */
export function kafkaSettings(environment: Readonly<Record<string, string | undefined>>): KafkaSettings {
  const wrong: string[] = [];
  const brokers = (environment['KAFKA_BROKERS'] ?? '').split(',').map((one) => one.trim()).filter((one) => one !== ''); // prettier-ignore
  if (brokers.length === 0 || !brokers.every(isBroker))
    wrong.push('KAFKA_BROKERS is a list of host:port, with commas between, and has to be set.');
  const tls = environment['KAFKA_TLS'] || 'false';
  if (tls !== 'true' && tls !== 'false') wrong.push('KAFKA_TLS is true or false.');
  const named = environment['KAFKA_SASL_MECHANISM'] || null;
  const mechanism = MECHANISMS.find((one) => one === named) ?? null;
  if (named !== null && mechanism === null) wrong.push(`KAFKA_SASL_MECHANISM is one of: ${MECHANISMS.join(', ')}.`);
  const [username, password] = [environment['KAFKA_USERNAME'] ?? '', environment['KAFKA_PASSWORD'] ?? ''];
  if (mechanism !== null && (username === '' || password === ''))
    wrong.push('KAFKA_SASL_MECHANISM needs KAFKA_USERNAME and KAFKA_PASSWORD.');
  if (named === null && (username !== '' || password !== ''))
    wrong.push('KAFKA_USERNAME and KAFKA_PASSWORD need KAFKA_SASL_MECHANISM.');
  if (wrong.length > 0) throw new KafkaError('badSettings', wrong.join(' '));
  return {
    brokers,
    clientId: environment['KAFKA_CLIENT_ID'] || 'bestendig',
    tls: tls === 'true',
    sasl: mechanism === null ? null : { mechanism, username, password },
  };
}

const isBroker = (one: string): boolean => Number(BROKER.exec(one)?.[1] ?? Number.NaN) <= PORT_MAX;
