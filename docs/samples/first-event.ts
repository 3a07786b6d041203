// Tells Bestendig of a placement and its contract over Kafka, and waits for what became of both.
//   KAFKA_BROKERS=127.0.0.1:9092 npx tsx first-event.ts       (npm install kafkajs)
import { Kafka, logLevel } from 'kafkajs';

const FACTS = process.env['HR_FACTS_TOPIC'] ?? 'bestendig.hr-facts.v1';
const OUTCOMES = process.env['HR_OUTCOMES_TOPIC'] ?? 'bestendig.hr-outcomes.v1';
/** Your organisation (OIN) and system. With the id it names a message for ever. */
const SOURCE = 'urn:nld:oin:00000001003214345000:systeem:hr';
/** Your key of the employment. A number of nine digits wants a letter before it: it could be taken for a BSN. */
const EMPLOYMENT = `E-${Date.now()}`;

const event = (id: string, type: string, data: object) => ({
  key: EMPLOYMENT,
  headers: {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: SOURCE,
    ce_type: `nl.bestendig.hr.${type}.v1`,
    ce_time: new Date().toISOString(),
  },
  value: JSON.stringify({ employment: EMPLOYMENT, ...data }),
});

const messages = [
  event(`${EMPLOYMENT}-1`, 'placement-registered', {
    ...{ person: `P-${EMPLOYMENT}`, effectiveDate: '2024-03-01', employer: 'kvk:12345678', sector: 'gemeenten', region: 'AM13' },
    ...{ hoursPerWeek: 25.5, arrangement: 'ownEmployment', postOrigin: 'jobcarving', aboveFormation: true, budget: 'central' },
    ...{ registrationKind: 'newJob', inTargetGroup: 'yes' },
  }),
  event(`${EMPLOYMENT}-2`, 'contract-signed', { effectiveDate: '2024-03-01', form: 'arbeidsovereenkomst', plannedEnd: '2025-02-28' }),
];

async function main(): Promise<void> {
  const kafka = new Kafka({ brokers: (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(','), logLevel: logLevel.ERROR });
  // A message is sent once, however often the network makes us try.
  const producer = kafka.producer({ idempotent: true });
  const consumer = kafka.consumer({ groupId: `first-event-${EMPLOYMENT}` });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic: OUTCOMES, fromBeginning: true });
  const waiting = new Set(messages.map(({ headers }) => headers.ce_id));
  const told = new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: ({ message }) => {
        const { messageId, outcome, reason } = JSON.parse(message.value?.toString() ?? '{}') as { messageId: string | null; outcome: string | null; reason: string | null };
        if (messageId !== null && outcome !== null && waiting.delete(messageId)) console.log(`${messageId}: ${outcome}${reason === null ? '' : ` (${reason})`}`);
        if (waiting.size === 0) resolve();
        return Promise.resolve();
      },
    });
  });
  await producer.send({ topic: FACTS, acks: -1, messages });
  await told;
  await Promise.all([producer.disconnect(), consumer.disconnect()]);
}

void main();
