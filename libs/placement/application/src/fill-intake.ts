import type { EventStore, RecordedEvent } from '@bestendig/event-store';
import { pause } from '@bestendig/reactions';
import { idOfStream } from './keys';
import { firstOutcome, type FactOutcome } from './outcomes';
import { toPlacementEvent } from './recorded-facts';

/** The ledger of deliveries as this reaction needs it; libs/intake is one. */
export type IntakeLedger = {
  /** Those of these origins that have a row. */
  byOrigins(origins: readonly string[]): Promise<readonly { readonly origin: string }[]>;
  /** Adds a row per delivery; one whose origin has a row already is left as it is. */
  record(outcomes: readonly FactOutcome[]): Promise<unknown>;
};

/** How long who recorded a message has to write its own row. */
const GRACE_MS = 2_000;

/** Origins of deliveries; reactions and commands of persons have others, and no row. */
const isDelivery = (origin: string): boolean => /^(http|file|kafka):/.test(origin);

/**
 * Fills rows of the intake ledger that a crash between append and ledger left out. The outcome is the verdict at the
 * event's own recorded time, so it is the one that would have been written then.
 */
export class FillIntake {
  constructor(
    private readonly store: EventStore,
    private readonly intake: IntakeLedger,
    private readonly graceMs: number = GRACE_MS,
  ) {}

  async handle(events: readonly RecordedEvent[], signal: AbortSignal): Promise<void> {
    const deliveries = new Map<string, RecordedEvent[]>();
    for (const event of events) if (isDelivery(event.origin)) deliveries.set(event.origin, [...(deliveries.get(event.origin) ?? []), event]);
    if ((await this.missing([...deliveries.keys()])).length === 0) return;
    await pause(this.graceMs, signal);
    if (signal.aborted) return;
    const missing = (await this.missing([...deliveries.keys()])).flatMap((origin) => deliveries.get(origin) ?? []);
    if (missing.length > 0) await this.intake.record(await this.outcomesOf(missing));
  }

  private async missing(origins: readonly string[]): Promise<readonly string[]> {
    if (origins.length === 0) return [];
    const present = new Set((await this.intake.byOrigins(origins)).map((row) => row.origin));
    return origins.filter((origin) => !present.has(origin));
  }

  private async outcomesOf(missing: readonly RecordedEvent[]): Promise<readonly FactOutcome[]> {
    const streams = await this.store.readStreams([...new Set(missing.map((event) => event.stream))]);
    return [...new Set(missing.map((event) => event.origin))].map((origin) => {
      const { stream = '' } = missing.find((event) => event.origin === origin) ?? {};
      return outcomeOfDelivery(origin, stream, streams.get(stream) ?? []);
    });
  }
}

/** The first outcome of the delivery with this origin, from the stream it was recorded in. */
function outcomeOfDelivery(origin: string, stream: string, events: readonly RecordedEvent[]): FactOutcome {
  const own = events.filter((event) => event.origin === origin);
  const last = own.at(-1);
  if (last === undefined) throw new RangeError(`no event of the delivery in ${stream}`);
  const eventIds = own.map((event) => event.id);
  return {
    origin,
    source: last.source ?? '',
    messageId: last.messageId,
    digest: last.messageDigest,
    ...firstOutcome(events.map(toPlacementEvent), eventIds, last.knownTime),
    first: null,
    placementId: idOfStream(stream),
    eventIds,
    position: last.position,
    recordedAt: last.recordedAt,
  };
}
