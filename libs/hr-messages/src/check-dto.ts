import { validateSync, type ValidationError } from 'class-validator';
import { fieldsOf, type Dto, type DtoClass, type Field } from './fields';
import type { MessageError, MessageErrorCode } from './message-errors';
import { childPointer } from './pointers';
import { passes } from './quick-check';
import { isObject } from './raw-message';

type Known = { readonly names: ReadonlySet<string>; readonly lists: ReadonlyMap<string, DtoClass> };
const known = new Map<DtoClass, Known>();

function knownOf(dto: DtoClass): Known {
  let found = known.get(dto);
  if (found === undefined) {
    const fields = fieldsOf(dto);
    const lists = fields.filter((field): field is Field & { kind: 'list' } => field.kind === 'list');
    found = { names: new Set(fields.map(({ name }) => name)), lists: new Map(lists.map(({ name, of }) => [name, of])) };
    known.set(dto, found);
  }
  return found;
}

/**
 * Checks an object by the rules of its class and adds every error found. Values are put in an instance of the class as
 * they are: nothing is converted. Null where it is no object at all.
 */
export function checkDto<Class extends DtoClass>(dto: Class, raw: unknown, pointer: string, errors: MessageError[]): InstanceType<Class> | null {
  if (!isObject(raw)) {
    errors.push({ pointer, code: 'wrongType', detail: 'must be an object' });
    return null;
  }
  const instance = instanceOf(dto, raw, pointer, errors);
  if (!passes(dto, instance)) {
    const options = { forbidUnknownValues: true, validationError: { target: false, value: false } };
    for (const error of validateSync(instance, options)) addErrors(error, pointer, errors);
  }
  return instance as InstanceType<Class>;
}

/** Unknown names are found here, not by class-validator's whitelist: to that, `constructor` and `toString` look like known ones. */
function instanceOf(dto: DtoClass, raw: Record<string, unknown>, pointer: string, errors: MessageError[]): Dto {
  const { names, lists } = knownOf(dto);
  const instance = new dto();
  for (const name of Object.keys(raw)) {
    if (!names.has(name)) {
      errors.push({ pointer: childPointer(pointer, name), code: 'unknownField', detail: 'is no field of this message' });
      continue;
    }
    const value = raw[name];
    const of = lists.get(name);
    Reflect.set(instance, name, of !== undefined && Array.isArray(value) ? membersOf(of, value, childPointer(pointer, name), errors) : value);
  }
  return instance;
}

const membersOf = (of: DtoClass, members: readonly unknown[], pointer: string, errors: MessageError[]): readonly unknown[] =>
  members.map((member, i) => (isObject(member) ? instanceOf(of, member, childPointer(pointer, i), errors) : member));

/** What says most about a field stands alone: one that is missing is not also of the wrong type. */
const ALONE: readonly MessageErrorCode[] = ['required', 'oneOfRequired', 'wrongType'];

function addErrors(error: ValidationError, parent: string, errors: MessageError[]): void {
  const pointer = childPointer(parent, /^\d+$/.test(error.property) ? Number(error.property) : error.property);
  const found = new Map<MessageErrorCode, MessageError>();
  for (const [name, detail] of Object.entries(error.constraints ?? {})) {
    const code = (error.contexts?.[name] as { code: MessageErrorCode } | undefined)?.code ?? 'wrongType';
    found.set(code, { pointer, code, detail });
  }
  const alone = ALONE.map((code) => found.get(code)).find((one) => one !== undefined);
  errors.push(...(alone === undefined ? found.values() : [alone]));
  if (alone !== undefined) return;
  for (const child of error.children ?? []) addErrors(child, pointer, errors);
}
