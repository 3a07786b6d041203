import {
  ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsDefined, IsIn, IsInt, IsNumber, IsObject, IsString, Matches, Max, Min, ValidateBy, ValidateIf, ValidateNested,
} from 'class-validator'; // prettier-ignore
import { ORGANISATION } from './bsn';
import { parseDate, parseTime } from './dates';
import type { MessageErrorCode } from './message-errors';

/**
 * The fields of messages. Each decorator here puts class-validator's rules on a property, each with the code of its
 * error, and notes the field, so that validation, translation, CSV columns, OpenAPI and docs/messages.md all come from
 * the one place where the field is written down.
 */
export type FieldKind =
  | { readonly kind: 'key' | 'code' | 'messageId' | 'text'; readonly pattern: RegExp }
  | { readonly kind: 'organisation' | 'date' | 'time' | 'boolean' | 'object' }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly whole: boolean }
  | { readonly kind: 'oneOf' | 'names'; readonly allowed: readonly string[] }
  | { readonly kind: 'list'; readonly of: DtoClass; readonly fields: readonly Field[]; readonly max: number };

export type Field = FieldKind & { readonly name: string; readonly optional: boolean; /** Optional where one of these is there. */ readonly unless?: readonly string[]; /** What it means, for the documentation. */ readonly meaning: string };

export type Dto = object;
export type DtoClass = new () => Dto;

/** Required unless said otherwise; `unless` names the fields of which one may stand in its place. */
type About = { readonly optional?: true; readonly unless?: readonly string[] };

/** Keys that a source has for a person or an employment: NumIV, contract number. */
export const KEY = /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}$/;
/** Codes of departments, tasks, locations and teams: no free text. */
export const CODE = /^[A-Za-z0-9._-]{1,40}$/;
/** `reaction:` is how the system's own messages begin. */
export const MESSAGE_ID = /^(?!reaction:)[A-Za-z0-9][A-Za-z0-9._:/+=#-]{0,199}$/;

const noted = new Map<unknown, Field[]>();

/** The fields of a class, those of the class it extends first. */
export function fieldsOf(dto: DtoClass): readonly Field[] {
  const chain: unknown[] = [];
  for (let at: unknown = dto; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) chain.unshift(at);
  return chain.flatMap((at) => noted.get(at) ?? []);
}

/** class-validator's context of a rule: the code that its error has. */
export type RuleContext = { readonly code: MessageErrorCode };
const rule = (code: MessageErrorCode, message: string) => ({ message, context: { code } satisfies RuleContext });

function field(kind: FieldKind, meaning: string, about: About, rules: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    const own = noted.get(target.constructor) ?? [];
    const { unless } = about;
    const optional = about.optional === true || unless !== undefined;
    noted.set(target.constructor, [...own, { ...kind, name: String(property), optional, ...(unless === undefined ? {} : { unless }), meaning }]);
    for (const decorate of [...presence(about), ...rules]) decorate(target, property);
  };
}

function presence({ optional, unless }: About): readonly PropertyDecorator[] {
  // An absent optional field is no value; null is a value, and the wrong one.
  if (optional === true) return [ValidateIf((_, value) => value !== undefined)];
  if (unless === undefined) return [IsDefined(rule('required', 'is required'))];
  const looked = ValidateIf((dto: Dto, value) => value !== undefined || unless.every((name) => Reflect.get(dto, name) === undefined));
  return [looked, IsDefined(rule('oneOfRequired', `is needed unless one of these is there: ${unless.join(', ')}`))];
}

const text = (form: string) => IsString(rule('wrongType', `must be a text: ${form}`));

function patterned(kind: 'key' | 'code' | 'messageId' | 'text', pattern: RegExp, meaning: string, about: About): PropertyDecorator {
  const form = `must match ${pattern.source}`;
  return field({ kind, pattern }, meaning, about, [text(form), Matches(pattern, rule('pattern', form))]);
}

export const Key = (meaning: string, about: About = {}) => patterned('key', KEY, meaning, about);
export const Code = (meaning: string, about: About = {}) => patterned('code', CODE, meaning, about);
export const MessageId = (meaning: string, about: About = {}) => patterned('messageId', MESSAGE_ID, meaning, about);
export const Text = (pattern: RegExp, meaning: string, about: About = {}) => patterned('text', pattern, meaning, about);

export function Organisation(meaning: string, about: About = {}): PropertyDecorator {
  const form = 'must be kvk:<8 digits>, oin:<20 digits>, rsin:<9 digits> or lhn:<9 digits>L<2 digits>';
  return field({ kind: 'organisation' }, meaning, about, [text(form), Matches(ORGANISATION, rule('pattern', form))]);
}

/** A closed list. Which are allowed may be said: the list is no value of the message. */
export function OneOf(allowed: readonly string[], meaning: string, about: About & { readonly code?: MessageErrorCode } = {}): PropertyDecorator {
  return field({ kind: 'oneOf', allowed }, meaning, about, [IsIn(allowed, rule(about.code ?? 'notAllowed', `must be one of: ${allowed.join(', ')}`))]);
}

/** A list of different names out of a closed list. */
export function Names(allowed: readonly string[], meaning: string, about: About = {}): PropertyDecorator {
  const known = new Set(allowed);
  const areNames = (members: readonly unknown[]) => new Set(members).size === members.length && members.every((name) => typeof name === 'string' && known.has(name));
  const form = `must be a list of different names out of: ${allowed.join(', ')}`;
  return field({ kind: 'names', allowed }, meaning, about, [IsArray(rule('wrongType', form)), ArrayMinSize(1, rule('outOfRange', form)), ofAll('areNames', areNames, 'notAllowed', form)]);
}

export function DateField(meaning: string, about: About = {}): PropertyDecorator {
  const form = 'must be a date of the calendar from 1950 to 2100: 2023-03-01, 2023-03, 2023-Q2 or 2023, with ~ at the end when assumed';
  return field({ kind: 'date' }, meaning, about, [text(form), reads('isMessageDate', parseDate, rule('notADate', form))]);
}

export function TimeField(meaning: string, about: About = {}): PropertyDecorator {
  const form = 'must be an RFC 3339 time with its offset, 2023-03-01T09:30:00Z';
  return field({ kind: 'time' }, meaning, about, [text(form), reads('isMessageTime', parseTime, rule('notATime', form))]);
}

const reads = (name: string, parse: (text: string) => unknown, options: ReturnType<typeof rule>) =>
  ValidateBy({ name, validator: { validate: (value) => typeof value === 'string' && parse(value) !== null } }, options);

export function Amount(min: number, max: number, meaning: string, about: About & { readonly whole?: true } = {}): PropertyDecorator {
  const form = `must be a ${about.whole ? 'whole ' : ''}number from ${min} to ${max}`;
  const isNumber = about.whole ? IsInt(rule('wrongType', form)) : IsNumber({}, rule('wrongType', form));
  const range = rule('outOfRange', form);
  return field({ kind: 'number', min, max, whole: about.whole === true }, meaning, about, [isNumber, Min(min, range), Max(max, range)]);
}

export const Flag = (meaning: string, about: About = {}) => field({ kind: 'boolean' }, meaning, about, [IsBoolean(rule('wrongType', 'must be true or false'))]);
export const ObjectField = (meaning: string) => field({ kind: 'object' }, meaning, {}, [IsObject(rule('wrongType', 'must be an object'))]);

/** A list of 1 to `max` objects of one class; `wholeList` are rules over the list as a whole. */
export function ListOf(of: DtoClass, max: number, meaning: string, about: About, wholeList: readonly PropertyDecorator[]): PropertyDecorator {
  const size = rule('outOfRange', `must have 1 to ${max} members`);
  const rules = [IsArray(rule('wrongType', 'must be a list')), ArrayMinSize(1, size), ArrayMaxSize(max, size), ValidateNested({ each: true, ...rule('wrongType', 'must be an object') })];
  return field({ kind: 'list', of, fields: fieldsOf(of), max }, meaning, about, [...rules, ...wholeList]);
}

/** A rule over the members of a list; a value that is no list is another rule's business. */
export const ofAll = (name: string, holds: (members: readonly unknown[]) => boolean, code: MessageErrorCode, message: string) =>
  ValidateBy({ name, validator: { validate: (value) => !Array.isArray(value) || holds(value) } }, rule(code, message));
