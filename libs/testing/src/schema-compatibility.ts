/** A JSON Schema, in the part that our contracts use. */
export type AnySchema = { readonly [keyword: string]: unknown };
export type SchemaSet = Readonly<Record<string, AnySchema>>;

/** What two versions must say alike, or a message of one is none of the other. */
const SAME = ['type', 'enum', 'const', 'pattern', 'format', 'minimum', 'maximum', 'minItems', 'maxItems', 'uniqueItems', 'allOf', 'anyOf'] as const;

/**
 * Where a version of a contract does not get on with an earlier one (FULL compatibility: readers of each can read what is
 * written by the other). Optional fields and whole message types may be added, nothing else. Empty where all is well.
 */
export function incompatibilities(older: SchemaSet, newer: SchemaSet): readonly string[] {
  const found: string[] = [];
  for (const [name, schema] of Object.entries(older)) {
    const now = newer[name];
    if (now === undefined) found.push(`${name}: is gone`);
    else compare(schema, now, name, found);
  }
  return found;
}

function compare(older: AnySchema, newer: AnySchema, at: string, found: string[]): void {
  if (older['$ref'] !== newer['$ref']) found.push(`${at}: is another schema`);
  for (const keyword of SAME) if (textOf(older[keyword]) !== textOf(newer[keyword])) found.push(`${at}: ${keyword} differs`);
  const [before, now] = [propertiesOf(older), propertiesOf(newer)];
  for (const [name, property] of Object.entries(before)) {
    const same = now[name];
    if (same === undefined) found.push(`${at}/${name}: is gone`);
    else compare(property, same, `${at}/${name}`, found);
  }
  if (textOf(listOf(older['required']).sort()) !== textOf(listOf(newer['required']).sort())) found.push(`${at}: other fields are required`);
  if (isSchema(older['items']) && isSchema(newer['items'])) compare(older['items'], newer['items'], `${at}/items`, found);
  else if (older['items'] !== newer['items']) found.push(`${at}: items differ`);
  const alternatives = new Set(listOf(newer['oneOf']));
  if (!listOf(older['oneOf']).every((one) => alternatives.has(one))) found.push(`${at}: an alternative is gone`);
}

const isSchema = (value: unknown): value is AnySchema => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => JSON.stringify(value) ?? '';
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(textOf) : []);
const propertiesOf = ({ properties }: AnySchema): SchemaSet => (isSchema(properties) ? (properties as SchemaSet) : {});
