import type { Instant } from '@bestendig/event-store';
import type { FactCorrected, FactRetracted, PlacementFactData, PlacementFactType } from '@bestendig/placement-domain';

/** What only the application can fill in, because it comes from the links of a source's keys. */
type FromLinks = 'candidateId' | 'successorPlacementId';

type Draft<Type extends PlacementFactType> = Type extends PlacementFactType
  ? { readonly type: Type; readonly data: Omit<PlacementFactData[Type], FromLinks> }
  : never;

/** A fact about a placement as a source told it: `candidateId` and `successorPlacementId` are left out. */
export type PlacementFactDraft = Draft<PlacementFactType>;

/** A reference to a message of the same source: every event that message led to. */
export type MessageReference = { readonly source: string; readonly messageId: string };

/** A fact about another fact as a source told it. `effectiveDate` of a correction is its replacement's, unless the message says otherwise. */
export type ModifierDraft =
  | {
      readonly type: 'FactCorrected';
      readonly data: Omit<FactCorrected, 'corrects' | 'replacement'> & { readonly corrects: MessageReference; readonly replacement: PlacementFactDraft };
    }
  | { readonly type: 'FactRetracted'; readonly data: Omit<FactRetracted, 'retracts' | 'movedTo'> & { readonly retracts: MessageReference } };

export type FactDraft = PlacementFactDraft | ModifierDraft;

/**
 * What one valid HR message says. External keys are here and nowhere later: the application replaces each by the UUID
 * its link names, so that no event holds one.
 */
export type HrFact = {
  /** Origin of the delivery: `http:<uuid of request>#<index>`, `file:<sha256 of the file>#<line>`. */
  readonly origin: string;
  /** `urn:nld:oin:<20 digits>:systeem:<name>`. */
  readonly source: string;
  readonly messageId: string;
  /** SHA-256 hex over the RFC 8785 text of the message's content (source, id, type, time, data). */
  readonly digest: string;
  /** When the source says it knew; null where it did not say. */
  readonly reportedAt: Instant | null;
  /** Key of the person at the source: whose id goes in `candidateId` of the fact, or of a correction's replacement. Never null where one of them is a PlacementRegistered. */
  readonly personKey: string | null;
  /** Key of the employment at the source: which placement's stream. */
  readonly employmentKey: string;
  /** Key of the employment that follows: whose placement goes in `successorPlacementId` of the fact, or of a correction's replacement. */
  readonly successorKey: string | null;
  /** The facts in the order told; the index is the ordinal in the event's id. One message tells one fact today. */
  readonly facts: readonly FactDraft[];
};
