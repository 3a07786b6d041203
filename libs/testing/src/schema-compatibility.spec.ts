import { incompatibilities, type AnySchema } from './schema-compatibility';

const schema = (over: AnySchema = {}): AnySchema => ({
  ...{ type: 'object', required: ['form'], oneOf: [{ $ref: '#/a' }] },
  properties: { form: { type: 'string', enum: ['a', 'b'] }, days: { type: 'array', items: { type: 'integer', minimum: 0 } } },
  ...over,
});
const properties = (over: AnySchema): AnySchema => schema({ properties: { ...(schema()['properties'] as AnySchema), ...over } });
const found = (newer: AnySchema) => incompatibilities({ M: schema() }, { M: newer });

test('optional fields, descriptions, further alternatives and whole messages may be added', () => {
  expect(found(properties({ note: { type: 'string' } }))).toEqual([]);
  expect(found(schema({ description: 'said otherwise', oneOf: [{ $ref: '#/a' }, { $ref: '#/b' }] }))).toEqual([]);
  expect(incompatibilities({ M: schema() }, { M: schema(), N: schema() })).toEqual([]);
});

test.each<[string, AnySchema, string]>([
  ['a field that goes', schema({ properties: { form: { type: 'string', enum: ['a', 'b'] } } }), 'M/days: is gone'],
  ['another type', properties({ form: { type: 'integer', enum: ['a', 'b'] } }), 'M/form: type differs'],
  ['one value fewer', properties({ form: { type: 'string', enum: ['a'] } }), 'M/form: enum differs'],
  ['one value more: an older reader does not know it', properties({ form: { type: 'string', enum: ['a', 'b', 'c'] } }), 'M/form: enum differs'],
  ['another limit deep down', properties({ days: { type: 'array', items: { type: 'integer', minimum: 1 } } }), 'M/days/items: minimum differs'],
  ['a field that is required from now on', schema({ required: ['form', 'days'] }), 'M: other fields are required'],
  ['a field that is required no more', schema({ required: [] }), 'M: other fields are required'],
  ['an alternative that goes', schema({ oneOf: [] }), 'M: an alternative is gone'],
])('caught: %s', (_, newer, what) => expect(found(newer)).toEqual([what]));

test('caught: a message that goes', () => expect(incompatibilities({ M: schema() }, {})).toEqual(['M: is gone']));
