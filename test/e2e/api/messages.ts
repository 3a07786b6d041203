import { EXAMPLES, type HrMessage, type MessageFactType } from '@bestendig/hr-messages';

/** Messages as an HR system would send them, about an employment of a test's choosing. */
export const SOURCE = EXAMPLES.PlacementRegistered.source;
let sent = 0;

type Fields = Readonly<Record<string, unknown>>;

export function hrMessage(type: MessageFactType, employment: string, fields: Fields = {}, envelope: Partial<HrMessage> = {}): HrMessage {
  const example = EXAMPLES[type];
  sent += 1;
  return { ...example, id: `m-${sent}`, ...envelope, data: { ...example.data, ...fields, employment } };
}

export const registered = (employment: string, person: string, fields: Fields = {}, envelope: Partial<HrMessage> = {}): HrMessage =>
  hrMessage('PlacementRegistered', employment, { person, arrangement: 'ownEmployment', inleners: undefined, ...fields }, envelope);

export const signed = (employment: string, firstDay: string, plannedEnd?: string): HrMessage =>
  hrMessage('ContractSigned', employment, { effectiveDate: firstDay, plannedEnd });
