import { EXAMPLES, HR_MESSAGE_SCHEMA, MESSAGE_TYPES, messageSchemas } from '.';

const schemas = messageSchemas();

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : referencesIn(inner)));
}

test('every reference leads to a schema, and every message type has one', () => {
  const missing = referencesIn(schemas).filter((reference) => schemas[reference.replace('#/components/schemas/', '')] === undefined);
  expect(missing).toEqual([]);
  expect(schemas[HR_MESSAGE_SCHEMA]?.['oneOf']).toHaveLength(MESSAGE_TYPES.length);
});

test('a schema forbids what the contract does not know, and lists what is needed', () => {
  expect(schemas['ContractSignedMessage']).toMatchObject({
    additionalProperties: false,
    required: ['specversion', 'id', 'source', 'type', 'data'],
    properties: {
      type: { enum: ['nl.bestendig.hr.contract-signed.v1'] },
      data: { additionalProperties: false, required: ['effectiveDate', 'form', 'employment'], properties: { proeftijdDays: { type: 'integer', minimum: 0, maximum: 92 } } },
    },
    example: EXAMPLES.ContractSigned,
  });
  expect(schemas['WorkChangedMessage']).toMatchObject({ properties: { data: { allOf: [{ anyOf: [{ required: ['departmentCode'] }, { required: ['taskCode'] }, { required: ['locationCode'] }] }] } } });
});

test('patterns of schemas hold for the examples', () => {
  const checked = MESSAGE_TYPES.flatMap(({ factType, dataFields }) =>
    dataFields.flatMap((field) => {
      const value = EXAMPLES[factType].data[field.name];
      const properties = (schemas[`${factType}Message`] as { properties: { data: { properties: Record<string, { pattern?: string }> } } }).properties.data.properties;
      const pattern = properties[field.name]?.pattern;
      return typeof value === 'string' && pattern !== undefined ? [new RegExp(pattern).test(value)] : [];
    }),
  );
  expect(checked.length).toBeGreaterThan(MESSAGE_TYPES.length);
  expect(checked.every(Boolean)).toBe(true);
});
