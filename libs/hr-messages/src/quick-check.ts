import { getMetadataStorage, type ValidationArguments, type ValidatorConstraintInterface } from 'class-validator';
import type { Dto, DtoClass } from './fields';

/** One rule of class-validator, as its own executor would call it. */
type Rule = { readonly constraint: ValidatorConstraintInterface; readonly constraints: unknown[] };
type Property = {
  readonly name: string;
  readonly conditions: readonly ((dto: Dto, value: unknown) => boolean)[];
  readonly rules: readonly Rule[];
  readonly nested: boolean;
};

const properties = new Map<unknown, readonly Property[]>();

/** The rules that class-validator has for a class, gathered once: its executor gathers them anew for each object. */
function propertiesOf(dtoClass: DtoClass): readonly Property[] {
  let found = properties.get(dtoClass);
  if (found === undefined) {
    const storage = getMetadataStorage();
    const metadatas = storage.getTargetValidationMetadatas(dtoClass, '', false, false);
    found = [...new Set(metadatas.map(({ propertyName }) => propertyName))].map((name) => {
      const own = metadatas.filter(({ propertyName }) => propertyName === name);
      return {
        name,
        conditions: own.filter(({ type }) => type === 'conditionalValidation').map(({ constraints }) => constraints[0] as Property['conditions'][number]),
        rules: own.flatMap(({ constraintCls, constraints }) =>
          constraintCls === undefined ? [] : storage.getTargetValidatorConstraints(constraintCls).map(({ instance }) => ({ constraint: instance, constraints: constraints ?? [] })),
        ),
        nested: own.some(({ type }) => type === 'nestedValidation'),
      };
    });
    properties.set(dtoClass, found);
  }
  return found;
}

/**
 * Whether class-validator would find nothing wrong with an instance, some ten times faster than asking it: most messages
 * are right, and imports have millions. What is not passed here goes to class-validator itself, which alone says what is
 * wrong; a property test holds the two together.
 */
export function passes(dtoClass: DtoClass, dto: Dto): boolean {
  const known = propertiesOf(dtoClass);
  // Of a class without rules class-validator knows nothing, and refuses what is of it.
  if (known.length === 0) return false;
  for (const { name, conditions, rules, nested } of known) {
    const value: unknown = Reflect.get(dto, name);
    if (conditions.length > 0 && !conditions.every((condition) => condition(dto, value))) continue;
    for (const { constraint, constraints } of rules) {
      const about: ValidationArguments = { value, constraints, targetName: dtoClass.name, object: dto, property: name };
      if (constraint.validate(value, about) !== true) return false;
    }
    if (nested && !(Array.isArray(value) && value.every(memberPasses))) return false;
  }
  return true;
}

const memberPasses = (member: unknown): boolean =>
  typeof member === 'object' && member !== null && typeof member.constructor === 'function' && passes(member.constructor as DtoClass, member);
