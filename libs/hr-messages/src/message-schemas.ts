import { ORGANISATION } from './bsn';
import { ENVELOPE_FIELDS } from './cloud-event.dto';
import { EXAMPLES } from './examples';
import type { Field } from './fields';
import { MESSAGE_TYPES, type MessageType } from './message-types';

/** A schema in the part of JSON Schema that OpenAPI 3.0 and 3.1 share. */
export type Schema = { readonly [keyword: string]: unknown };

const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Names in OpenAPI of the schemas made here. */
const eventName = (messageType: MessageType): string => `${messageType.factType}Message`;
const replacementName = (messageType: MessageType): string => `${messageType.factType}Replacement`;

/** The schema of any message: one of them all, told apart by `type`. */
export const HR_MESSAGE_SCHEMA = 'HrMessage';

/** Schemas by name for the components of OpenAPI: every message type as a whole CloudEvent, with its example. */
export function messageSchemas(): Readonly<Record<string, Schema>> {
  const replaceable = MESSAGE_TYPES.filter(({ replacement }) => replacement !== null);
  const schemas = new Map<string, Schema>();
  schemas.set(HR_MESSAGE_SCHEMA, oneOf(MESSAGE_TYPES.map((messageType) => [messageType.type, eventName(messageType)])));
  for (const messageType of MESSAGE_TYPES) schemas.set(eventName(messageType), eventSchema(messageType));
  schemas.set('Replacement', oneOf(replaceable.map((messageType) => [messageType.shortName, replacementName(messageType)])));
  for (const messageType of replaceable) schemas.set(replacementName(messageType), objectSchema(messageType.replacementFields, { type: { type: 'string', enum: [messageType.shortName] } }));
  return Object.fromEntries(schemas);
}

function oneOf(byType: readonly (readonly [type: string, schema: string])[]): Schema {
  const mapping = Object.fromEntries(byType.map(([type, schema]) => [type, `#/components/schemas/${schema}`]));
  return { oneOf: byType.map(([, schema]) => reference(schema)), discriminator: { propertyName: 'type', mapping } };
}

function eventSchema(messageType: MessageType): Schema {
  const data = objectSchema(messageType.dataFields, messageType.factType === 'FactCorrected' ? { replacement: reference('Replacement') } : {});
  const event = objectSchema(ENVELOPE_FIELDS, { type: { type: 'string', enum: [messageType.type] }, data });
  return { description: messageType.meaning, ...event, example: EXAMPLES[messageType.factType] };
}

function objectSchema(fields: readonly Field[], instead: Readonly<Record<string, Schema>>): Schema {
  const required = fields.filter(({ optional }) => !optional).map(({ name }) => name);
  const unless = fields.flatMap((field) => (field.unless === undefined ? [] : [{ anyOf: [field.name, ...field.unless].map((name) => ({ required: [name] })) }]));
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(fields.map((field) => [field.name, instead[field.name] ?? { ...formOf(field), description: field.meaning }])),
    ...(unless.length > 0 ? { allOf: unless } : {}),
  };
}

/** The form of a message's date, see dates.ts. That the day exists a pattern cannot say. */
export const DATE_PATTERN = '^\\d{4}(-(Q[1-4]|\\d{2}(-\\d{2})?))?~?$';

function formOf(field: Field): Schema {
  switch (field.kind) {
    case 'key':
    case 'code':
    case 'messageId':
    case 'text':
      return { type: 'string', pattern: field.pattern.source };
    case 'organisation':
      return { type: 'string', pattern: ORGANISATION.source };
    case 'date':
      return { type: 'string', pattern: DATE_PATTERN };
    case 'time':
      return { type: 'string', format: 'date-time' };
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      return { type: field.whole ? 'integer' : 'number', minimum: field.min, maximum: field.max };
    case 'oneOf':
      return { type: 'string', enum: field.allowed };
    case 'names':
      return { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', enum: field.allowed } };
    case 'list':
      return { type: 'array', minItems: 1, maxItems: field.max, items: objectSchema(field.fields, {}) };
    case 'object':
      return { type: 'object' };
  }
}
