import { EXAMPLES, HR_FACTS_TOPIC, MESSAGE_TYPES, messageSchemas, type Schema } from '@bestendig/hr-messages';
import {
  HR_OUTCOME_EXAMPLE,
  HR_OUTCOME_SCHEMA,
  HR_OUTCOME_TYPE,
  HR_OUTCOMES_TOPIC,
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
        DeadLetter: { name: 'DeadLetter', summary: 'A message as it came', contentType: 'application/octet-stream', payload: {} },
        HrOutcome: sent(HR_OUTCOME_TYPE, 'What became of a delivery', HR_OUTCOME_SCHEMA, HR_OUTCOME_EXAMPLE),
        PlacementChanged: sent(PLACEMENT_CHANGED_TYPE, 'A placement is otherwise than it was known before', PLACEMENT_CHANGED_SCHEMA, { ...VIEW, changed: ['employments'] }),
        PlacementState: sent(PLACEMENT_STATE_TYPE, 'How a placement is now', PLACEMENT_VIEW_SCHEMA, VIEW),
      },
      schemas: Object.fromEntries(Object.entries(messageSchemas()).map(([name, schema]) => [name, forAsyncApi(schema)])),
    },
  };
}

const VIEW = {
  ...{ placementId: '2b1e0c9a-7c55-8f6e-9d0a-4b1f6f0c8d21', employer: 'kvk:12345678', hoursPerWeek: 25.5 },
  employments: [{ firstDay: '2026-03-01', plannedEnd: '2027-02-28', lastDay: null }],
};

const reference = (schema: string): object => ({ $ref: `#/components/schemas/${schema}` });

function channel(address: string, description: string, messages: readonly string[]): object {
  return { address, description, messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])), bindings: { kafka: { topic: address, bindingVersion: '0.5.0' } } };
}

const operation = (action: 'send' | 'receive', of: string): object => ({ action, channel: { $ref: `#/channels/${of}` } });

/** In binary mode: attributes in headers, the payload is data. */
function sent(type: string, summary: string, payload: Schema, example: object): object {
  const header = (name: string): readonly [string, object] => [`ce_${name}`, { type: 'string' }];
  const headers = { type: 'object', required: ['ce_id', 'ce_source', 'ce_specversion', 'ce_type'], properties: Object.fromEntries(['id', 'source', 'specversion', 'type', 'time', 'subject', 'sequence'].map(header)) };
  return { name: type, summary, contentType: 'application/json', headers, payload, examples: [{ payload: example }] };
}

/** OpenAPI's own keywords mean something else in AsyncAPI. */
function forAsyncApi(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== 'discriminator' && keyword !== 'example'));
}
