import { canonicalJson, NO_EVENTS, sha256Hex, type EventMeta, type EventStore, type Instant, type NewEvent, type Position, type RecordedEvent } from '@bestendig/event-store';
import { COMMANDS, decide, timeline, type Decision, type Fact, type PlacementCommand } from '@bestendig/placement-domain';
import { ApplicationError } from './errors';
import { commandEventId, type CommandKey } from './event-ids';
import type { Deliverer } from './hr-fact-events';
import { placementStream } from './keys';
import { toPlacementEvent } from './recorded-facts';
import { ROUNDS_MAX } from './record-hr-facts';

/** What a person does to one placement. */
export type PersonCommand = {
  readonly placementId: string;
  readonly command: PlacementCommand;
  /** What was asked, as it was asked: the same Idempotency-Key with another content is an error. */
  readonly content: unknown;
  readonly caller: Deliverer;
  readonly route: string;
  readonly idempotencyKey: string;
  /** The revision the caller has seen; `any`: decide on whatever is there; `new`: there is nothing yet. */
  readonly ifMatch: number | 'any' | 'new';
  /** The API's moment: the rank of the fact. */
  readonly at: Instant;
};

export type CommandResult = {
  readonly placementId: string;
  readonly eventIds: readonly string[];
  /** Of the placement, with these events. */
  readonly revision: number;
  readonly position: Position;
  readonly recordedAt: Instant;
  /** What a person should look at because of this. */
  readonly notices: Decision['notices'];
  /** True where this very command had been recorded before. */
  readonly repeated: boolean;
};

/** Ids of a placement, and of a person nobody knew yet, that a command makes: sent again it makes the same. */
export const newIdsOf = (key: Omit<CommandKey, 'placement'>): { readonly placementId: string; readonly candidateId: string } => ({
  placementId: commandEventId({ ...key, placement: '' }, -1),
  candidateId: commandEventId({ ...key, placement: '' }, -2),
});

const NAMES = new Map(Object.entries(COMMANDS).map(([name, type]) => [type, name]));

/** The command of a person that records this fact. */
export const commandFor = (fact: Fact): PlacementCommand => ({ type: NAMES.get(fact.type), data: fact.data }) as PlacementCommand;

/**
 * Decides a person's command on the placement as it is now and records what follows. A conflict is decided again, a
 * bounded number of times; a caller who named a revision is told instead.
 *
 * @throws PlacementRuleError where a rule forbids it
 * @throws ApplicationError `placementUnknown`, `revisionMismatch`, `idReusedWithOtherContent`, `contention`
 */
export async function executeCommand(store: EventStore, asked: PersonCommand): Promise<CommandResult> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const present = await store.readStream(placementStream(asked.placementId));
    const before = recordedBefore(asked, present);
    if (before !== null) return before;
    const revision = present.length + NO_EVENTS;
    checkRevision(asked, revision);
    const decision = decide(asked.command, timeline(present.map(toPlacementEvent)), asked.at);
    const events = decision.events.map((fact, ordinal) => eventOf(asked, fact, ordinal));
    const [result] = await store.append([{ stream: placementStream(asked.placementId), expected: revision === NO_EVENTS ? 'NO_STREAM' : revision, events }]);
    if (result?.outcome !== 'appended') continue;
    const { placementId } = asked;
    const recordedAt = result.events.at(-1)?.recordedAt ?? '';
    return { placementId, eventIds: events.map(({ id }) => id), revision: result.revision, position: result.position, recordedAt, notices: decision.notices, repeated: false };
  }
  throw new ApplicationError('contention', 'Others kept writing to the same placement.');
}

const commandKey = ({ caller, route, placementId, idempotencyKey, ifMatch }: PersonCommand): CommandKey => ({
  organisation: caller.organisation,
  caller: caller.actor,
  route,
  // A new placement's id follows from the key itself.
  placement: ifMatch === 'new' ? '' : placementId,
  idempotencyKey,
});

const digestOf = (asked: PersonCommand): string => sha256Hex(canonicalJson([asked.command.type, asked.content]));

/** The first result again: as the placement was when this command was recorded. Looked up before any revision is compared. */
function recordedBefore(asked: PersonCommand, present: readonly RecordedEvent[]): CommandResult | null {
  const id = commandEventId(commandKey(asked), 0);
  const recorded = present.find((event) => event.id === id);
  if (recorded === undefined) return null;
  if (recorded.messageDigest !== digestOf(asked)) throw new ApplicationError('idReusedWithOtherContent', 'This Idempotency-Key was used for another content.');
  const then = timeline(present.slice(0, recorded.revision).map(toPlacementEvent));
  const { notices } = decide(asked.command, then, recorded.reportedAt ?? asked.at);
  const { revision, position, recordedAt } = recorded;
  return { placementId: asked.placementId, eventIds: [id], revision, position, recordedAt, notices, repeated: true };
}

function checkRevision({ ifMatch }: PersonCommand, revision: number): void {
  if (ifMatch === 'new' ? revision !== NO_EVENTS : typeof ifMatch === 'number' && ifMatch !== revision)
    throw new ApplicationError('revisionMismatch', 'The placement has changed since: read it again.');
  if (ifMatch !== 'new' && revision === NO_EVENTS) throw new ApplicationError('placementUnknown', 'There is no such placement.');
}

function eventOf(asked: PersonCommand, fact: Fact, ordinal: number): NewEvent {
  const id = commandEventId(commandKey(asked), ordinal);
  const meta: EventMeta = {
    reportedAt: asked.at,
    actor: asked.caller.actor,
    onBehalfOf: null,
    organisation: asked.caller.organisation,
    source: null,
    messageId: asked.idempotencyKey,
    messageDigest: digestOf(asked),
    origin: `command:${asked.command.type}`,
    correlationId: id,
    causationId: null,
    keyId: null,
  };
  return { id, type: fact.type, schemaVersion: 1, data: fact.data, meta };
}
