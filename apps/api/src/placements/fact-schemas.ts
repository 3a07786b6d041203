import { EXAMPLES, MESSAGE_TYPES, messageSchemas, type MessageFactType, type Schema } from '@bestendig/hr-messages';
import { hasSuccessor, KEY_FIELDS } from './fact-body';

/** Name in OpenAPI of the body by which a person tells a fact. */
export const bodySchemaOf = (factType: MessageFactType): string => `${factType}Command`;

const ID: Schema = { type: 'string', format: 'uuid' };
const EXAMPLE_ID = '0e8f6c1a-2b3d-5e4f-8a6b-7c9d0e1f2a3b';

/** The bodies of all commands: the message's data, with ids where it has keys. */
export function commandSchemas(): Readonly<Record<string, Schema>> {
  const messages = messageSchemas();
  const replaceable = MESSAGE_TYPES.filter(({ replacement }) => replacement !== null);
  const bodies = MESSAGE_TYPES.map(({ factType }): [string, Schema] => [bodySchemaOf(factType), bodySchema(factType, part(part(messages[`${factType}Message`], 'properties'), 'data'))]);
  const replacements = replaceable.map(({ factType }): [string, Schema] => [replacementSchemaOf(factType), bodySchema(factType, asSchema(messages[`${factType}Replacement`]))]);
  const mapping = Object.fromEntries(replaceable.map(({ factType, shortName }) => [shortName, `#/components/schemas/${replacementSchemaOf(factType)}`]));
  const any: Schema = { oneOf: Object.values(mapping).map(($ref) => ({ $ref })), discriminator: { propertyName: 'type', mapping } };
  return Object.fromEntries([...bodies, ...replacements, [REPLACEMENT, any]]);
}

const REPLACEMENT = 'CommandReplacement';
const replacementSchemaOf = (factType: MessageFactType): string => `${factType}CommandReplacement`;

const asSchema = (value: unknown): Schema => (typeof value === 'object' && value !== null ? { ...value } : {});
const part = (schema: Schema | undefined, name: string): Schema => asSchema(schema?.[name]);

function bodySchema(factType: MessageFactType, { properties, required, ...rest }: Schema): Schema {
  const own = Object.entries(asSchema(properties)).filter(([name]) => !isKey(name));
  const needed = (Array.isArray(required) ? required : []).filter((name: unknown) => !isKey(name));
  const ids = {
    ...(factType === 'PlacementRegistered' ? { candidateId: ID } : {}),
    ...(hasSuccessor({ factType }) ? { successorPlacementId: ID } : {}),
    ...(factType === 'FactCorrected' ? { corrects: ID, replacement: { $ref: `#/components/schemas/${REPLACEMENT}` } } : {}),
    ...(factType === 'FactRetracted' ? { retracts: ID } : {}),
  };
  return { ...rest, properties: { ...Object.fromEntries(own), ...ids }, ...(needed.length > 0 ? { required: needed } : {}) };
}

const isKey = (name: unknown): boolean => KEY_FIELDS.some((key) => key === name);

/** The contract's example as a person would tell it. */
export function exampleOf(factType: MessageFactType): object {
  const data = Object.fromEntries(Object.entries(EXAMPLES[factType].data).filter(([name]) => !isKey(name)));
  const reference = factType === 'FactCorrected' ? { corrects: EXAMPLE_ID } : factType === 'FactRetracted' ? { retracts: EXAMPLE_ID } : {};
  return { ...data, ...(hasSuccessor({ factType }) ? { successorPlacementId: EXAMPLE_ID } : {}), ...reference };
}
