import type { JsonSchema } from '@bestendig/integration-events';

const FORMATS: Readonly<Record<string, RegExp>> = {
  binary: /^/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
};

/**
 * Where a value is otherwise than its schema says, in the part of JSON Schema that our published contracts use; stricter
 * than it in one thing: what the schema does not name must not be there.
 */
export function againstSchema(schema: JsonSchema, value: unknown, at = ''): readonly string[] {
  const { type, enum: values, format, pattern, items, properties = {}, required = [] } = schema as {
    readonly type: string | readonly string[];
    readonly enum?: readonly unknown[];
    readonly format?: string;
    readonly pattern?: string;
    readonly items?: JsonSchema;
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  if (![type].flat().includes(typeOf(value))) return [`${at}: no ${String(type)}`];
  if (values !== undefined && !values.includes(value)) return [`${at}: none of its values`];
  if (typeof value === 'string' && pattern !== undefined && !new RegExp(pattern).test(value)) return [`${at}: not of its form`];
  if (typeof value === 'string') return format === undefined || FORMATS[format]?.test(value) === true ? [] : [`${at}: no ${format}`];
  if (Array.isArray(value)) return value.flatMap((one, index) => againstSchema(items ?? {}, one, `${at}/${index}`));
  if (typeof value !== 'object' || value === null) return [];
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}/${name}: missing`);
  const wrong = Object.entries(value).flatMap(([name, inner]) => {
    const own = properties[name];
    return own === undefined ? [`${at}/${name}: unknown`] : againstSchema(own, inner, `${at}/${name}`);
  });
  return [...missing, ...wrong];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
