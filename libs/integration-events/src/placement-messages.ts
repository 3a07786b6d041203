import { v5 as uuidv5 } from 'uuid';
import { list, oneOf, type JsonSchema } from './json-schema';
import { PLACEMENT_PARTS, PLACEMENT_VIEW_SCHEMA, type PlacementPart, type PlacementView } from './placement-view';

/** Who we are while nobody said so, for trying out: an OIN of zeros belongs to nobody. */
export const NOBODYS_SOURCE = `urn:nld:oin:${'0'.repeat(20)}:systeem:bestendig`;

export const PLACEMENTS_TOPIC = 'bestendig.placements.v1';
export const PLACEMENT_STATE_TOPIC = 'bestendig.placement-state.v1';

/** A placement is otherwise than it was known before: the whole view as it is now, and which parts of it changed. */
export const PLACEMENT_CHANGED_TYPE = 'nl.bestendig.placement-changed.v1';
export type PlacementChanged = PlacementView & { readonly changed: readonly PlacementPart[] };

/** How a placement is now; of each placement the last one counts. */
export const PLACEMENT_STATE_TYPE = 'nl.bestendig.placement-state.v1';

const { required, properties } = PLACEMENT_VIEW_SCHEMA as {
  required: readonly string[];
  properties: Readonly<Record<string, JsonSchema>>;
};
export const PLACEMENT_CHANGED_SCHEMA: JsonSchema = {
  ...PLACEMENT_VIEW_SCHEMA,
  required: [...required, 'changed'],
  properties: { ...properties, changed: list(oneOf(PLACEMENT_PARTS)) },
};

/** What of a stored event a message about it says: nothing of who said it, or of what it said. */
export type Cause = { readonly id: string; readonly recordedAt: string; readonly revision: number };

/** A CloudEvent after the NL GOV profile, without what Kafka's binding adds. */
export type IntegrationEvent = {
  /** The placement: messages of one placement stand in one partition, in order. */
  readonly key: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: object;
};

const REVISION_DIGITS = 10;

/** Never changes: ids of messages are names within it. */
const STORED_EVENTS = '3d0d5a4e-52c5-5a0b-9f0e-6a1f0f6f2c11';

/** Tells that a placement changed. The id follows from the stored event's, which is unique within its placement only: told twice, it counts once. */
export function placementChanged(
  source: string,
  cause: Cause,
  view: PlacementView,
  changed: readonly PlacementPart[],
): IntegrationEvent {
  const data: PlacementChanged = { ...view, changed };
  return { key: view.placementId, attributes: attributesOf(source, PLACEMENT_CHANGED_TYPE, cause, view), data };
}

/** The state of a placement after an event, for the compacted topic. Its id is another one than that of the change. */
export function placementState(source: string, cause: Cause, view: PlacementView): IntegrationEvent {
  return { key: view.placementId, attributes: attributesOf(source, PLACEMENT_STATE_TYPE, cause, view), data: view };
}

/** Of a placement that is forgotten: after it nothing is kept under the key in the compacted topic, and readers forget what they hold. */
export const placementForgotten = (placementId: string): { readonly key: string; readonly value: null } => ({
  key: placementId,
  value: null,
});

function attributesOf(
  source: string,
  type: string,
  { id, recordedAt, revision }: Cause,
  { placementId }: PlacementView,
): Readonly<Record<string, string>> {
  return {
    id: uuidv5(`${type} ${placementId} ${id}`, STORED_EVENTS),
    source,
    type,
    time: recordedAt,
    subject: placementId,
    sequence: String(revision).padStart(REVISION_DIGITS, '0'),
  };
}
