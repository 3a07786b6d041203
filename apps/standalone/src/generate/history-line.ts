import type { PlacementFact } from '@bestendig/placement-domain';

import { momentText } from './calendar';
import type { Message } from './messages';
import { employmentKey, personKey } from './persons';
import type { Plan } from './plan';

/** Columns of a history file (docs/messages.md): the envelope, then the facts' own fields. */
export const COLUMNS = [
  'id', 'source', 'time', 'type', 'person', 'employment', 'effectiveDate', 'employer', 'sector', 'region', 'hoursPerWeek', 'arrangement', 'inleners', 'postOrigin',
  'aboveFormation', 'budget', 'registrationKind', 'inTargetGroup', 'plannedEnd', 'authority', 'aim', 'converted', 'form', 'proeftijdDays', 'endCode', 'departmentCode',
  'taskCode', 'locationCode', 'kind', 'level', 'provider', 'grantUntil', 'training', 'by', 'cause', 'lesson', 'lastDay', 'to', 'successorEmployment', 'corrects',
  'replacementType', 'retracts', 'reason', 'assumed',
] as const; // prettier-ignore
export type Column = (typeof COLUMNS)[number];

const INDEX: ReadonlyMap<string, number> = new Map(COLUMNS.map((column, index) => [column, index]));
/** Fields that have another name in a message, where ids are keys of the source. */
const RENAMED: Readonly<Record<string, Column>> = { employerId: 'employer', successorPlacementId: 'successorEmployment', providerId: 'provider' };

const SHORT_TYPES = new Map<string, string>();

/** `contract-signed` for `ContractSigned`. */
export function shortType(type: string): string {
  let short = SHORT_TYPES.get(type);
  if (short === undefined) {
    short = type.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    SHORT_TYPES.set(type, short);
  }
  return short;
}

/** The cells of the line at hand; one array for all lines, emptied before each. */
const cells = new Array<string>(COLUMNS.length).fill('');

/** The CSV line of a message. No value has a comma or a quote, so none is quoted. */
export function lineOf(plan: Plan, message: Message): string {
  const { content } = message;
  cells.fill('');
  cells[0] = message.id;
  cells[1] = message.elsewhere?.source ?? plan.source.urn;
  cells[2] = momentText(message.second);
  cells[5] = message.elsewhere?.employment ?? employmentKey(plan.start);
  if (plan.source.alwaysNamesPerson && message.elsewhere === undefined) cells[4] = personKey(plan.start.person);
  switch (content.kind) {
    case 'fact':
      cells[3] = shortType(content.fact.type);
      putFact(plan, content.fact);
      break;
    case 'correction':
      cells[3] = 'fact-corrected';
      put('corrects', content.corrects);
      put('replacementType', shortType(content.fact.type));
      putFact(plan, content.fact);
      break;
    case 'retraction':
      cells[3] = 'fact-retracted';
      put('effectiveDate', content.effectiveDate);
      put('retracts', content.retracts);
      put('reason', content.reason);
      break;
  }
  return cells.join(',');
}

function putFact(plan: Plan, fact: PlacementFact): void {
  if (fact.type === 'PlacementRegistered') put('person', personKey(plan.start.person));
  const fields: Readonly<Record<string, unknown>> = fact.data;
  for (const field in fields) {
    if (field === 'candidateId') continue;
    if (field === 'inleners' && (fact.type === 'PlacementRegistered' || fact.type === 'ArrangementChanged')) {
      put('inleners', (fact.data.inleners ?? []).map(({ employerId, share }) => `${employerId}=${share}`).join(';'));
    } else if (field === 'assumed') {
      put(field, (fact.data.assumed ?? []).join(';'));
    } else {
      put(RENAMED[field] ?? field, String(fields[field]));
    }
  }
}

function put(column: string, value: string): void {
  const index = INDEX.get(column);
  if (index === undefined) throw new RangeError(`No column ${column}`);
  cells[index] = value;
}
