import { canonicalJson, sha256Hex } from '@bestendig/event-store';
import type { FactDraft, HrFact } from '../hr-fact';

/** What specs of this library send: messages as a door would hand them over. */
export const SECRET = Buffer.alloc(32, 7);
export const SOURCE = 'urn:nld:oin:00000001234567890000:systeem:hr';

type Over = Partial<Omit<HrFact, 'facts'>>;
type DataOf<Type extends FactDraft['type']> = Extract<FactDraft, { readonly type: Type }>['data'];

export function message<Type extends FactDraft['type']>(type: Type, employmentKey: string, data: DataOf<Type>, over: Over = {}): HrFact {
  const messageId = over.messageId ?? `${type}-${employmentKey}`;
  const draft = { type, data } as FactDraft;
  return {
    origin: `http:first#${messageId}`,
    source: SOURCE,
    messageId,
    digest: sha256Hex(canonicalJson([messageId, type, employmentKey, data])),
    reportedAt: '2024-01-01T08:00:00.000000Z',
    personKey: null,
    employmentKey,
    successorKey: null,
    facts: [draft],
    ...over,
  };
}

export const registered = (employmentKey: string, personKey: string, over: Over = {}): HrFact =>
  message(
    'PlacementRegistered',
    employmentKey,
    {
      effectiveDate: '2023-02-20',
      employerId: 'kvk:12345678',
      sector: 'gemeenten',
      region: 'AM13',
      hoursPerWeek: 24,
      arrangement: 'ownEmployment',
      postOrigin: 'jobcarving',
      aboveFormation: true,
      budget: 'central',
      registrationKind: 'newJob',
      inTargetGroup: 'yes',
    },
    { personKey, ...over },
  );

export const contractSigned = (employmentKey: string, over: Over = {}): HrFact =>
  message('ContractSigned', employmentKey, { effectiveDate: '2023-03-01', form: 'arbeidsovereenkomst', plannedEnd: '2024-02-29' }, over);

export const contractEnded = (employmentKey: string, over: Over = {}): HrFact => message('ContractEnded', employmentKey, { effectiveDate: '2023-12-31' }, over);
