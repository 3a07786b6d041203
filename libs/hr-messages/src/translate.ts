import type { FactDraft, HrFact } from '@bestendig/placement-application';
import type { Inexact } from '@bestendig/placement-domain';
import { parseDate } from './dates';
import type { Dto, Field } from './fields';
import type { MessageType } from './message-types';

/** Names that a fact has otherwise than the message: organisation numbers are kept as they are. */
const RENAMED: Readonly<Record<string, string>> = { employer: 'employerId', provider: 'providerId' };

type Data = Record<string, unknown>;

/** The data of a fact from the checked fields of a message. Keys of the source are left out: the application puts ids in their place. */
export function factData(fields: readonly Field[], dto: Dto): Data {
  const data: Data = {};
  const inexact: Record<string, NonNullable<Inexact[keyof Inexact]>> = {};
  for (const field of fields) {
    const value: unknown = Reflect.get(dto, field.name);
    if (value === undefined) continue;
    switch (field.kind) {
      case 'date': {
        const date = parseDate(String(value));
        if (date === null) throw new Error(`an unchecked date reached translation: ${field.name}`);
        data[field.name] = date.day;
        if (date.precision !== 'day' || date.assumed) inexact[field.name] = { precision: date.precision, assumed: date.assumed };
        break;
      }
      case 'list':
        data[field.name] = (value as readonly Dto[]).map((member) => factData(field.fields, member));
        break;
      case 'names':
        data[field.name] = (value as readonly string[]).map((name) => RENAMED[name] ?? name);
        break;
      case 'organisation':
        data[RENAMED[field.name] ?? field.name] = value;
        break;
      case 'key':
      case 'messageId':
      case 'object':
        break;
      case 'code':
      case 'text':
      case 'time':
      case 'boolean':
      case 'number':
      case 'oneOf':
        data[field.name] = value;
        break;
    }
  }
  if (Object.keys(inexact).length > 0) data['inexact'] = inexact;
  return data;
}

export type CheckedCorrection = { readonly messageType: MessageType; readonly dto: Dto };

/** The fact of a checked message. `type` of a replacement names the fact and is no field of it. */
export function draftOf(messageType: MessageType, dto: Dto, source: string, correction: CheckedCorrection | null): FactDraft {
  const data = factData(messageType.dataFields, dto);
  if (messageType.factType === 'FactRetracted') data['retracts'] = { source, messageId: Reflect.get(dto, 'retracts') };
  if (correction !== null) {
    const { type: _, ...replacement } = factData(correction.messageType.replacementFields, correction.dto);
    data['corrects'] = { source, messageId: Reflect.get(dto, 'corrects') };
    data['replacement'] = { type: correction.messageType.factType, data: replacement };
    if (data['effectiveDate'] === undefined) Object.assign(data, dateOf(replacement));
  }
  // Checked by the class of this type, whose fields the compiler holds against the fact's.
  return { type: messageType.factType, data } as unknown as FactDraft;
}

function dateOf(replacement: Data): Data {
  const inexact = (replacement['inexact'] as Inexact | undefined)?.effectiveDate;
  return { effectiveDate: replacement['effectiveDate'], ...(inexact === undefined ? {} : { inexact: { effectiveDate: inexact } }) };
}

/** Keys of the source: a correction's replacement may name its own. */
export function keysOf(dto: Dto, correction: CheckedCorrection | null): Pick<HrFact, 'personKey' | 'employmentKey' | 'successorKey'> {
  const from = (of: Dto | undefined, name: string): string | null => {
    const value: unknown = of === undefined ? undefined : Reflect.get(of, name);
    return typeof value === 'string' ? value : null;
  };
  return {
    personKey: from(correction?.dto, 'person') ?? from(dto, 'person'),
    employmentKey: from(dto, 'employment') ?? '',
    successorKey: from(correction?.dto, 'successorEmployment') ?? from(dto, 'successorEmployment'),
  };
}
