import { EXAMPLES, HR_FACTS_TOPIC, MESSAGE_TYPES, messageSchemas, type Schema } from '@bestendig/hr-messages';
import {
  DEAD_LETTER_REASONS,
  HR_OUTCOME_EXAMPLE,
  HR_OUTCOME_SCHEMA,
  HR_OUTCOME_TYPE,
  HR_OUTCOMES_TOPIC,
  NOBODYS_SOURCE,
  PLACEMENT_CHANGED_SCHEMA,
  PLACEMENT_CHANGED_TYPE,
  PLACEMENT_STATE_TOPIC,
  PLACEMENT_STATE_TYPE,
  PLACEMENT_VIEW_SCHEMA,
  PLACEMENTS_TOPIC,
} from '@bestendig/integration-events';
import { API_VERSION } from '../response-headers';

const DESCRIPTION = `Facts of HR systems in, their outcomes and placements out. Every message is a CloudEvent 1.0 after the NL GOV profile. What is
taken may come in binary mode (attributes in headers \`ce_...\`, \`content-type: application/json\`, the value is \`data\`) or in structured
mode (\`content-type: application/cloudevents+json\`, the value is the whole event, as shown here); what is sent is in binary mode. Names of
topics are those of an installation that did not choose others.`;

/** AsyncAPI 3 of the topics, from the code: schemas and examples of the message contract, and of what is published. */
export function asyncApi(): object {
  const taken = MESSAGE_TYPES.map(({ factType, meaning }) => ({ name: `${factType}Message`, meaning, example: EXAMPLES[factType] }));
  return {
    asyncapi: '3.0.0',
    info: {
      ...{ title: 'Bestendig', version: API_VERSION, description: DESCRIPTION },
      ...{ license: { name: 'EUPL-1.2' }, contact: { name: 'Bestendig maintainers', url: 'https://developer.overheid.nl', email: 'maintainers@bestendig.example' } },
    },
    defaultContentType: 'application/json',
    channels: {
      hrFacts: channel(HR_FACTS_TOPIC, 'Facts that HR systems tell. Key: the key of the employment at its source.', taken.map(({ name }) => name)), // prettier-ignore
      hrFactsDeadLetters: channel(`${HR_FACTS_TOPIC}.DLT`, 'What could not be read, breaks the contract or reuses an id: bytes, key and headers as they came, with headers kafka_dlt-... for origin and error.', ['DeadLetter']), // prettier-ignore
      hrOutcomes: channel(HR_OUTCOMES_TOPIC, 'What became of each delivery, keyed as it was; count each id once. A verdict that changes later has no key and a higher sequence.', ['HrOutcome']), // prettier-ignore
      placements: channel(PLACEMENTS_TOPIC, 'What changed in placements, in order for each of them.', ['PlacementChanged']),
      placementState: channel(PLACEMENT_STATE_TOPIC, 'How each placement is: compacted, of each key the last message counts; one without a value says that the placement is forgotten.', ['PlacementState']), // prettier-ignore
    },
    operations: {
      takeHrFacts: operation('receive', 'hrFacts'),
      setAside: operation('send', 'hrFactsDeadLetters'),
      tellOutcomes: operation('send', 'hrOutcomes'),
      publishPlacements: operation('send', 'placements'),
      publishPlacementStates: operation('send', 'placementState'),
    },
    components: {
      messages: {
        ...Object.fromEntries(taken.map(({ name, meaning, example }) => [name, { name: example.type, summary: meaning, contentType: 'application/cloudevents+json', payload: reference(name), examples: [{ payload: example }] }])), // prettier-ignore
        DeadLetter: DEAD_LETTER,
        HrOutcome: sent(HR_OUTCOME_TYPE, 'What became of a delivery', HR_OUTCOME_SCHEMA, OUTCOME, DECIDED),
        PlacementChanged: sent(PLACEMENT_CHANGED_TYPE, 'A placement is otherwise than it was known before', PLACEMENT_CHANGED_SCHEMA, CHANGED),
        PlacementState: sent(PLACEMENT_STATE_TYPE, 'How a placement is now', PLACEMENT_VIEW_SCHEMA, STATE),
      },
      schemas: Object.fromEntries(Object.entries(messageSchemas()).map(([name, schema]) => [name, forAsyncApi(schema)])),
    },
  };
}

const VIEW = {
  ...{ placementId: '2b1e0c9a-7c55-8f6e-9d0a-4b1f6f0c8d21', employer: 'kvk:12345678', hoursPerWeek: 25.5 },
  employments: [{ firstDay: '2026-03-01', plannedEnd: '2027-02-28', lastDay: null }],
};
const [PLACEMENT, RECORDED] = [VIEW.placementId, '2026-03-02T09:00:00.123456Z'];
const STATE = { attributes: { id: '6a0c1f4e-8d2b-5c37-9e10-2f4b6d8a0c13', time: RECORDED, subject: PLACEMENT, sequence: '0000000004' }, data: VIEW };
const CHANGED = { attributes: { ...STATE.attributes, id: '6a0c1f4e-8d2b-5c37-9e10-2f4b6d8a0c14' }, data: { ...VIEW, changed: ['employments'] } };
const OUTCOME = { attributes: { id: '6a0c1f4e-8d2b-5c37-9e10-2f4b6d8a0c15', time: RECORDED, subject: PLACEMENT, sequence: '0'.repeat(20) }, data: HR_OUTCOME_EXAMPLE };
const DECIDED: Headers = {
  ce_time: { type: 'string', format: 'date-time', description: 'when it was decided: of what was recorded, when that was' },
  ce_subject: { type: 'string', format: 'uuid', description: 'the placement, where something was recorded of one' },
};

const reference = (schema: string): object => ({ $ref: `#/components/schemas/${schema}` });

function channel(address: string, description: string, messages: readonly string[]): object {
  return { address, description, messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])), bindings: { kafka: { topic: address, bindingVersion: '0.5.0' } } };
}

const operation = (action: 'send' | 'receive', of: string): object => ({ action, channel: { $ref: `#/channels/${of}` } });

/** In binary mode: attributes in headers, the payload is data. */
function sent(type: string, summary: string, payload: Schema, example: Example, over: Headers = {}): object {
  const properties: Headers = { ...ATTRIBUTES, ce_type: { type: 'string', enum: [type] }, ...over };
  const headers = { type: 'object', required: Object.keys(properties).filter((name) => name !== 'ce_subject'), properties };
  const { subject, ...attributes } = { specversion: '1.0', source: NOBODYS_SOURCE, type, ...example.attributes };
  const shown = Object.fromEntries(Object.entries({ ...attributes, subject }).map(([name, text]) => [`ce_${name}`, text]));
  return { name: type, summary, contentType: 'application/json', headers, payload, examples: [{ headers: shown, payload: example.data }] };
}

type Headers = Readonly<Record<string, Schema>>;
type Example = { readonly attributes: { readonly id: string; readonly time: string; readonly subject: string; readonly sequence: string }; readonly data: object };

const ATTRIBUTES: Headers = {
  ce_specversion: { type: 'string', enum: ['1.0'] },
  ce_id: { type: 'string', format: 'uuid', description: 'the same whenever the same is said again' },
  ce_source: { type: 'string' },
  ce_time: { type: 'string', format: 'date-time', description: 'when the store recorded what is said' },
  ce_subject: { type: 'string', format: 'uuid', description: 'the placement' },
  ce_sequence: { type: 'string', pattern: '^[0-9]+$', description: 'rises; text order is its order' },
};

const digits: Schema = { type: 'string', pattern: '^[0-9]+$' };
const LETTER_HEADERS: Headers = {
  'kafka_dlt-delivery': { type: 'string', description: 'as its outcome names it: kafka:<topic>/<partition>#<offset>' },
  'kafka_dlt-original-topic': { type: 'string' },
  'kafka_dlt-original-partition': digits,
  'kafka_dlt-original-offset': digits,
  'kafka_dlt-original-timestamp': { type: 'string', pattern: '^-?[0-9]+$', description: 'milliseconds since 1970, as the message had it' },
  'kafka_dlt-original-consumer-group': { type: 'string' },
  'kafka_dlt-exception-fqcn': { type: 'string', enum: DEAD_LETTER_REASONS, description: 'why, as `reason` of its outcome' },
  'kafka_dlt-exception-message': { type: 'string', description: 'JSON pointers with a code each, the first fifty; no value' },
  'kafka_dlt-cycle': { ...digits, description: 'how often it had been sent again when it came' },
  'kafka_dlt-left-out': { type: 'string', description: 'where key, value and headers were too large for the topic: how large' },
};

/** Its own headers come first, as they came. */
const DEAD_LETTER = {
  ...{ name: 'DeadLetter', summary: 'A message as it came', contentType: 'application/octet-stream' },
  headers: { type: 'object', required: Object.keys(LETTER_HEADERS).filter((name) => name !== 'kafka_dlt-left-out'), properties: LETTER_HEADERS },
  payload: { type: ['string', 'null'], format: 'binary', description: 'the bytes as they came, whatever they are; null where there were none' },
  examples: [
    {
      headers: {
        ...{ 'kafka_dlt-delivery': `kafka:${HR_FACTS_TOPIC}/3#1043`, 'kafka_dlt-original-topic': HR_FACTS_TOPIC, 'kafka_dlt-original-partition': '3', 'kafka_dlt-original-offset': '1043' },
        ...{ 'kafka_dlt-original-timestamp': '1772442000123', 'kafka_dlt-original-consumer-group': 'bestendig-hr-ingest' },
        ...{ 'kafka_dlt-exception-fqcn': 'notJson', 'kafka_dlt-exception-message': 'message: notJson', 'kafka_dlt-cycle': '0' },
      },
      payload: '{"employment":',
    },
  ],
};

/** OpenAPI's own keywords mean something else in AsyncAPI. */
function forAsyncApi(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== 'discriminator' && keyword !== 'example'));
}
