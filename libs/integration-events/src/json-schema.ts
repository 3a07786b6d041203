/** A JSON Schema, in the part that these contracts use. */
export type JsonSchema = { readonly [keyword: string]: unknown };

export const text: JsonSchema = { type: 'string' };
export const uuid: JsonSchema = { type: 'string', format: 'uuid' };
export const day: JsonSchema = { type: 'string', format: 'date' };
export const moment: JsonSchema = { type: 'string', format: 'date-time' };
export const number: JsonSchema = { type: 'number' };
export const oneOf = (values: readonly string[]): JsonSchema => ({ type: 'string', enum: values });
export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

/** Null where there is nothing to say. */
export function orNull(schema: JsonSchema): JsonSchema {
  const values = schema['enum'];
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}),
  };
}

/** All properties are there, always; whoever reads must let others be, because later versions may have more. */
export const object = (properties: Readonly<Record<string, JsonSchema>>, description?: string): JsonSchema => ({
  type: 'object',
  ...(description === undefined ? {} : { description }),
  required: Object.keys(properties),
  properties,
});
