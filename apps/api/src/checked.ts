import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { registerDecorator, validateSync, type ValidationError } from 'class-validator';
import { isInstant, type Instant } from '@bestendig/event-store';
import { shownName } from '@bestendig/hr-messages';
import type { FieldError } from './problem';

/** class-validator's context of a rule: the code its error has. */
export const rule = (code: string, message: string) => ({ message, context: { code } });

/** Makes query, path and body instances of the class of their parameter. ContractGuard has checked them. */
@Injectable()
export class InstancePipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    return metatype === undefined || metatype === Object || metatype === String || type === 'custom' ? value : plainToInstance(metatype, value);
  }
}

/** All that is wrong with a value by the rules of a class; never a value in it. */
export function errorsOf(dto: Type<object>, value: unknown, at: string): readonly FieldError[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ pointer: '', code: 'wrongType', detail: 'must be an object' }];
  const options = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true, validationError: { target: false, value: false } };
  return validateSync(plainToInstance(dto, value), options).flatMap((error) => fieldErrors(error, at));
}

function fieldErrors(error: ValidationError, at: string): readonly FieldError[] {
  const unknown = error.constraints?.['whitelistValidation'] !== undefined;
  if (unknown) return [{ pointer: `${at}${shownName(error.property)}`, code: 'unknownField', detail: 'is no field here' }];
  const pointer = `${at}${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([name, detail]) => ({ pointer, code: codeOf(error.contexts?.[name]), detail }));
  return [...own.slice(0, 1), ...(error.children ?? []).flatMap((child) => fieldErrors(child, `${pointer}/`))];
}

function codeOf(context: unknown): string {
  const code: unknown = typeof context === 'object' && context !== null && 'code' in context ? context.code : undefined;
  return typeof code === 'string' ? code : 'wrongType';
}

function stringRule(name: string, code: string, detail: string, holds: (text: string) => boolean): PropertyDecorator {
  return (target, property) =>
    registerDecorator({ name, target: target.constructor, propertyName: String(property), options: rule(code, detail), validator: { validate: (value) => typeof value === 'string' && holds(value) } });
}

const MOMENT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/;

/** The moment a text means; null for what is none. A bare date is none: it could mean the day's begin or its end. */
export function momentOf(text: string): Instant | null {
  const match = MOMENT.exec(text);
  const instant = match === null ? '' : `${match[1] ?? ''}.${(match[2] ?? '').padEnd(6, '0')}Z`;
  return isInstant(instant) ? instant : null;
}

export const IsMoment = (): PropertyDecorator =>
  stringRule('isMoment', 'notAMoment', 'must be a moment in UTC, 2025-06-02T08:30:00Z; a bare date could mean its begin or its end', (text) => momentOf(text) !== null);

export const IsDay = (): PropertyDecorator =>
  stringRule('isDay', 'notADate', 'must be a date of the calendar, 2025-06-02', (text) => /^\d{4}-\d\d-\d\d$/.test(text) && momentOf(`${text}T00:00:00Z`) !== null);

export const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
export const isUuid = (text: string): boolean => UUID.test(text);
export const IsId = (): PropertyDecorator => stringRule('isId', 'pattern', 'must be a UUID in lower case', isUuid);
