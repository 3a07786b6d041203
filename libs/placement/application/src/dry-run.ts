import { NO_EVENTS, type EventStore, type NewEvent, type RecordedEvent, type StreamResult, type StreamWrite } from '@bestendig/event-store';

/** The part of the store that recording facts needs. */
export type FactLog = Pick<EventStore, 'readStreams' | 'append'>;

/** Later than anything recorded: a dry run sees all that is known, and what it adds comes after it. */
export const DRY_RUN_TIME = '9999-12-31T23:59:59.999999Z';

/**
 * A log that reads from `base` and keeps what is appended to itself: the same answers as the base would give, and
 * nothing stored. Lives as long as the run whose answers it gives.
 */
export function dryRunOf(base: FactLog): FactLog {
  const added = new Map<string, RecordedEvent[]>();
  const readStreams = async (streams: readonly string[]): Promise<ReadonlyMap<string, readonly RecordedEvent[]>> => {
    const read = new Map(await base.readStreams(streams));
    for (const stream of streams) {
      const more = added.get(stream);
      if (more !== undefined) read.set(stream, [...(read.get(stream) ?? []), ...more]);
    }
    return read;
  };
  const append = async (writes: readonly StreamWrite[]): Promise<readonly StreamResult[]> => {
    const before = await readStreams(writes.map((write) => write.stream));
    return writes.map((write) => {
      const revision = (before.get(write.stream)?.length ?? 0) - 1;
      if (write.expected === 'NO_STREAM' ? revision !== NO_EVENTS : write.expected !== revision) return { outcome: 'conflict', actual: revision };
      const events = write.events.map((event, index) => pretended(event, write.stream, revision + 1 + index));
      added.set(write.stream, [...(added.get(write.stream) ?? []), ...events]);
      return {
        outcome: 'appended',
        events: events.map(({ id, revision: at, recordedAt }) => ({ id, revision: at, recordedAt, existing: false })),
        revision: revision + events.length,
        position: '',
      };
    });
  };
  return { readStreams, append };
}

function pretended(event: NewEvent, stream: string, revision: number): RecordedEvent {
  const { meta, ...body } = event;
  return { ...body, ...meta, stream, revision, recordedAt: DRY_RUN_TIME, asReported: false, previousHash: null, hash: '', position: '', knownTime: DRY_RUN_TIME };
}
