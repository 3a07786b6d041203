import { NO_EVENTS, type RecordedEvent, type StreamResult, type StreamWrite } from '@bestendig/event-store';
import type { FactLog } from '@bestendig/placement-application';

/**
 * A log that reads `base` with `scratch` on top of it and appends to `scratch` only: what is appended sees all that is
 * stored, in constant memory, and nothing of it is stored. Revisions are those the base would have given.
 */
export function overlayLog(base: FactLog, scratch: FactLog): FactLog {
  return {
    readStreams: async (streams) => {
      const [below, above] = await Promise.all([base.readStreams(streams), scratch.readStreams(streams)]);
      const both = new Map(below);
      for (const [stream, events] of above) both.set(stream, [...(below.get(stream) ?? []), ...events]);
      return both;
    },
    append: async (writes, options) => {
      const below = await base.readStreams([...new Set(writes.map(({ stream }) => stream))]);
      const lengthOf = ({ stream }: StreamWrite) => below.get(stream)?.length ?? 0;
      const translated = writes.map((write) => onTop(write, lengthOf(write)));
      const results = await scratch.append(translated.filter((write) => write !== null), options);
      const refused = writes.filter((_, index) => translated[index] === null);
      const above = refused.length === 0 ? new Map<string, readonly RecordedEvent[]>() : await scratch.readStreams(refused.map(({ stream }) => stream));
      let next = 0;
      return writes.map((write, index): StreamResult => {
        const result = translated[index] === null ? undefined : results[next++];
        if (result !== undefined) return shifted(result, lengthOf(write));
        return { outcome: 'conflict', actual: lengthOf(write) + (above.get(write.stream)?.length ?? 0) + NO_EVENTS };
      });
    },
  };
}

/** The write as the scratch sees it, whose streams begin where the base's end; null where the base has more than expected. */
function onTop(write: StreamWrite, length: number): StreamWrite | null {
  if (length === 0) return write;
  if (write.expected === 'ANY' || write.expected === 'EXISTS') return { ...write, expected: 'ANY' };
  if (write.expected === 'NO_STREAM' || write.expected < length + NO_EVENTS) return null;
  const expected = write.expected - length;
  return { ...write, expected: expected === NO_EVENTS ? 'NO_STREAM' : expected };
}

function shifted(result: StreamResult, by: number): StreamResult {
  if (by === 0 || result.outcome === 'idReusedWithOtherContent') return result;
  if (result.outcome === 'conflict') return { outcome: 'conflict', actual: result.actual + by };
  const events = result.events.map((event: Pick<RecordedEvent, 'id' | 'revision' | 'recordedAt'> & { readonly existing: boolean }) => ({ ...event, revision: event.revision + by }));
  return { ...result, events, revision: result.revision + by };
}
