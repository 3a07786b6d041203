import { createHash } from 'node:crypto';
import {
  createMemoryEventStore,
  instantOf,
  microsOf,
  type EventStore,
  type Instant,
  type NewEvent,
} from '@bestendig/event-store';
import { ARRANGEMENTS, SECTORS, type PlacementEvent } from '@bestendig/placement-domain';
import { personHistories } from '@bestendig/testing';
import fc from 'fast-check';

/** An event of a placement as it stands in a log: its recordedAt is its known time. */
export type LoggedEvent = { readonly placementId: string; readonly event: PlacementEvent };

/**
 * Logs of a few persons with up to three placements each, in the order recorded. Known times lie 45 days apart; several
 * events share one. A registration names another person now and then, so that corrections move placements between persons.
 */
export const randomLogsSince = (first: Instant): fc.Arbitrary<readonly LoggedEvent[]> =>
  fc
    .tuple(fc.array(personHistories, { minLength: 1, maxLength: 9 }), fc.nat(1_000))
    .map(([persons, salt]) =>
      persons
        .flatMap((placements, person) =>
          placements.flatMap((placement) =>
            logged(placement, { person, persons: persons.length, salt, first: microsOf(first) }),
          ),
        )
        .sort((a, b) =>
          a.event.recordedAt < b.event.recordedAt ? -1 : a.event.recordedAt > b.event.recordedAt ? 1 : 0,
        ),
    );

/** Since before the policy rows of 2020, 2022 and 2023 became known: they do so between the events. */
export const randomLogs = randomLogsSince('2019-01-01T12:00:00.000000Z');

type Salt = { readonly person: number; readonly persons: number; readonly salt: number; readonly first: bigint };
const STEP_MICROS = 45n * 86_400_000_000n;

function logged(
  placement: { readonly placementId: string; readonly events: readonly PlacementEvent[] },
  { person, persons, salt, first }: Salt,
): readonly LoggedEvent[] {
  const own = (text: string): string =>
    text.replaceAll('00000000-0000-4000', `${String(person).padStart(8, '0')}-0000-4000`);
  const placementId = own(placement.placementId);
  const luck = (text: string): number =>
    createHash('md5').update(`${salt} ${placementId} ${text}`).digest().readUInt16BE(0);
  return placement.events.map((event): LoggedEvent => {
    // Everything by text: facts name placements, persons and events wherever they like.
    const text = own(JSON.stringify(event))
      .replaceAll(/"(e\d+-\d+)"/g, (_, id: string) => `"${uuidOf(`${placementId} ${id}`)}"`)
      .replaceAll(/"candidateId":"\d{8}/g, (same) =>
        luck(event.id) % 8 === 0 ? `"candidateId":"${String(luck(event.id) % persons).padStart(8, '0')}` : same,
      )
      .replaceAll('"sector":"gemeenten"', `"sector":"${SECTORS[luck('sector') % SECTORS.length]}"`)
      .replaceAll('"region":"AM14"', `"region":"AM${10 + (luck('region') % 5)}"`)
      .replaceAll(/"arrangement":"\w+"/g, `"arrangement":"${ARRANGEMENTS[luck('how') % ARRANGEMENTS.length]}"`);
    const known = first + STEP_MICROS * BigInt(Number(event.recordedAt.slice(20, 26)));
    return { placementId, event: { ...(JSON.parse(text) as PlacementEvent), recordedAt: instantOf(known) } };
  });
}

export function uuidOf(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** One log of more than forty events, the same each time. */
export function someLog(): readonly LoggedEvent[] {
  const [log = []] = fc.sample(
    randomLogs.filter((drawn) => drawn.length > 40),
    { seed: 7, numRuns: 1 },
  );
  return log;
}

/** The log's placements with their events up to a moment. */
export function placementsOf(
  log: readonly LoggedEvent[],
  knownAt?: string,
): readonly { readonly placementId: string; readonly events: readonly PlacementEvent[] }[] {
  const events = new Map<string, PlacementEvent[]>();
  for (const { placementId, event } of log) {
    if (knownAt !== undefined && event.recordedAt > knownAt) continue;
    events.set(placementId, [...(events.get(placementId) ?? []), event]);
  }
  return [...events].map(([placementId, known]) => ({ placementId, events: known }));
}

/** A store in memory that holds the log with its known times. */
export async function storeOf(log: readonly LoggedEvent[]): Promise<EventStore> {
  let now = 0n;
  const store = createMemoryEventStore({ clock: () => now });
  for (const moment of [...new Set(log.map(({ event }) => event.recordedAt))]) {
    now = microsOf(moment);
    await appendTo(
      store,
      log.filter(({ event }) => event.recordedAt === moment),
    );
  }
  now += STEP_MICROS;
  return store;
}

/** Appends events as one call; their known times are the store's. */
export async function appendTo(store: EventStore, log: readonly LoggedEvent[]): Promise<void> {
  const writes = placementsOf(log).map(({ placementId, events }) => ({
    stream: `placement-${placementId}`,
    expected: 'ANY' as const,
    events: events.map(newEvent),
  }));
  const results = await store.append(writes);
  const failed = results.find(({ outcome }) => outcome !== 'appended');
  if (failed !== undefined) throw new Error(`not appended: ${failed.outcome}`);
}

const newEvent = (event: PlacementEvent): NewEvent => ({
  id: event.id,
  type: event.type,
  schemaVersion: 1,
  data: event.data,
  meta: {
    reportedAt: event.reportedAt,
    actor: 'test',
    onBehalfOf: null,
    organisation: 'oin:00000001000000001000',
    source: event.source,
    messageId: event.messageId,
    messageDigest: event.id,
    origin: `test:${event.id}`,
    correlationId: event.id,
    causationId: null,
    keyId: null,
  },
});
