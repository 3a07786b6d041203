import fc from 'fast-check';
import { validateSync } from 'class-validator';
import { CloudEvent } from './cloud-event.dto';
import { EXAMPLES } from './examples';
import { MESSAGE_TYPES } from './message-types';
import { passes } from './quick-check';
import { Inlener } from './fact-fields';

const values = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 'x', '2023', '2023-02-30', 0, 1, 61, 1.5, Number.NaN, true, 'uitzend', 'uwv', '30', [], {}, [null], [Object.assign(new Inlener(), { employer: 'kvk:11111111', share: 1 })]),
  fc.anything(),
);
const changed = fc.constantFrom(...MESSAGE_TYPES).chain(({ factType, data, dataFields }) =>
  fc.record({
    dtoClass: fc.constantFrom(data, CloudEvent),
    raw: fc.constant(EXAMPLES[factType]),
    change: fc.dictionary(fc.constantFrom(...dataFields.map(({ name }) => name), 'id', 'source', 'time', 'data'), values, { maxKeys: 3 }),
  }),
);

test('an object of no class of ours passes nowhere', () => {
  const type = MESSAGE_TYPES.find(({ factType }) => factType === 'ArrangementChanged');
  if (type === undefined) throw new Error('There is no such type.');
  const instance = Object.assign(new type.data(), EXAMPLES.ArrangementChanged.data, { inleners: [{}] });
  expect([validateSync(instance, { forbidUnknownValues: true }).length, passes(type.data, instance)]).toEqual([1, false]);
});

/** The quick look may only ever say what class-validator would. */
test('passes exactly what class-validator finds nothing wrong with', () => {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(changed, ({ dtoClass, raw, change }) => {
      const { inleners, ...rest } = dtoClass === CloudEvent ? { ...raw, inleners: undefined } : raw.data;
      const members = Array.isArray(inleners) ? { inleners: inleners.map((member: object) => Object.assign(new Inlener(), member)) } : {};
      const instance = Object.assign(new dtoClass(), rest, members, change);
      const verdict = validateSync(instance, { forbidUnknownValues: true }).length === 0;
      seen.add(verdict);
      expect(passes(dtoClass, instance)).toBe(verdict);
    }),
    { numRuns: 1_000 },
  );
  expect(seen.size).toBe(2);
});
