import type { EventMeta, NewEvent } from '@bestendig/event-store';
import type { Fact, FactCorrected, PlacementFact } from '@bestendig/placement-domain';
import type { FactDraft, HrFact, PlacementFactDraft } from './hr-fact';

/** What the links of a message's keys name now. */
export type Filling = { readonly candidateId: string | null; readonly successorPlacementId: string | null };

/** Who delivers, and in whose name it is kept. */
export type Deliverer = { readonly actor: string; /** The controller: `oin:<20 digits>`. */ readonly organisation: string };

/** `urn:nld:oin:<OIN>:systeem:<name>` belongs to the organisation with that OIN. */
export const organisationOfSource = (source: string): string => `oin:${source.split(':')[3] ?? ''}`;

/** What stands in the log in place of a message's content and keys. */
export type Kept = { readonly eventIds: readonly string[]; readonly digest: string; readonly link: string };

/** What the envelope says of any event that a message's delivery leads to: its facts, and the first event of a link. */
export function deliveredBy(fact: HrFact, by: Partial<Deliverer> | undefined): Omit<EventMeta, 'messageDigest' | 'correlationId'> {
  return {
    reportedAt: fact.reportedAt,
    actor: by?.actor ?? fact.source,
    onBehalfOf: null,
    organisation: by?.organisation ?? organisationOfSource(fact.source),
    source: fact.source,
    messageId: fact.messageId,
    origin: fact.origin,
    causationId: null,
    keyId: null,
  };
}

/** The events of one message, ids filled in from the links: no external key is in them. */
export function eventsOf(fact: HrFact, { eventIds, digest, link }: Kept, filling: Filling, by: Partial<Deliverer> | undefined): readonly NewEvent[] {
  const meta = deliveredBy(fact, by);
  return fact.facts.map((draft, ordinal) => {
    const { type, data } = filled(draft, filling);
    return {
      id: eventIds[ordinal] ?? '',
      type,
      schemaVersion: 1,
      data,
      // correlationId: the employment as its source knows it, which is what moves when its link is mended.
      meta: { ...meta, messageDigest: digest, correlationId: link },
    };
  });
}

function filled(draft: FactDraft, filling: Filling): Fact {
  if (draft.type === 'FactCorrected') {
    const data: FactCorrected = { ...draft.data, replacement: filledPlacementFact(draft.data.replacement, filling) };
    return { type: 'FactCorrected', data };
  }
  if (draft.type === 'FactRetracted') return draft;
  return filledPlacementFact(draft, filling);
}

function filledPlacementFact(draft: PlacementFactDraft, { candidateId, successorPlacementId }: Filling): PlacementFact {
  if (draft.type === 'PlacementRegistered') {
    // hr-messages refuses a registration without a person's key, so one without is a mistake of ours.
    if (candidateId === null) throw new TypeError('a registration came without the key of its person');
    return { type: 'PlacementRegistered', data: { ...draft.data, candidateId } };
  }
  const successor = successorPlacementId === null ? {} : { successorPlacementId };
  if (draft.type === 'EmploymentContinued') return { type: 'EmploymentContinued', data: { ...draft.data, ...successor } };
  if (draft.type === 'HiredByInlener') return { type: 'HiredByInlener', data: { ...draft.data, ...successor } };
  return draft;
}
