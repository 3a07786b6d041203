import type { LogReading, Partial, ServerConnection, ServerEvent, ServerFilter } from './connection';

/** Reads long stretches of the server's log. */
export type BulkReader = {
  /** Which client it reads with. */
  readonly client: '@eventstore/db-client' | '@kurrent/kurrentdb-client';
  /** As {@link ServerConnection.readLog}. */
  readLog(reading: LogReading): Promise<Partial>;
};

type Kurrent = typeof import('@kurrent/kurrentdb-client');
type KurrentClient = ReturnType<Kurrent['KurrentDBClient']['connectionString']>;
type KurrentEvent = import('@kurrent/kurrentdb-client').AllStreamRecordedEvent;

const EMPTY = new Uint8Array();

/** The faster client where it can be loaded on this machine, else the one that is there always. */
export async function openBulkReader(url: string, server: ServerConnection, wanted: BulkReader['client'] = '@kurrent/kurrentdb-client'): Promise<BulkReader> {
  const plain: BulkReader = { client: '@eventstore/db-client', readLog: (reading) => server.readLog(reading) };
  if (wanted === plain.client) return plain;
  try {
    const { KurrentDBClient } = await import('@kurrent/kurrentdb-client');
    const client = KurrentDBClient.connectionString(url.replace(/^[a-z]+(?=(\+discover)?:)/, 'kurrentdb'));
    // Its errors do not say what is wrong: the other client is asked again, which does.
    return { client: '@kurrent/kurrentdb-client', readLog: async (reading) => (await readWith(client, reading)) ?? plain.readLog(reading) };
  } catch {
    // Not installed, or not made for this kind of machine.
    return plain;
  }
}

/** Null where it failed. */
async function readWith(client: KurrentClient, reading: LogReading): Promise<Partial | null> {
  const events: ServerEvent[] = [];
  const iterator = client
    .readAll({
      direction: reading.backward ? 'backwards' : 'forwards',
      fromPosition: reading.from === null ? (reading.backward ? 'end' : 'start') : { commit: reading.from.commit, prepare: reading.from.prepare },
      maxCount: reading.limit,
      requiresLeader: true,
      ...(reading.filter === null ? {} : { filter: filterOf(reading.filter) }),
    })
    [Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), reading.deadlineMs);
  });
  try {
    for (;;) {
      const step = iterator.next();
      // Given up on, its failure is nobody's any more.
      step.catch(() => undefined);
      const next = await Promise.race([step, tooLate]);
      if (next === null) {
        iterator.return?.(undefined).catch(() => undefined);
        return { events, whole: false };
      }
      if (next.done === true) return { events, whole: true };
      if (next.value.event !== undefined) events.push(serverEvent(next.value.event));
    }
  } catch {
    return events.length === 0 ? null : { events, whole: false };
  } finally {
    clearTimeout(timer);
  }
}

type Filter = NonNullable<NonNullable<Parameters<KurrentClient['readAll']>[0]>['filter']>;

function filterOf(filter: ServerFilter): Filter {
  if ('regex' in filter) return { filterOn: 'streamName', regex: filter.regex } as Filter;
  return { filterOn: filter.on === 'stream' ? 'streamName' : 'eventType', prefixes: [...filter.prefixes] } as Filter;
}

function serverEvent({ streamId, revision, id, type, data, metadata, position }: KurrentEvent): ServerEvent {
  return { stream: streamId, revision: Number(revision), id, type, data: data instanceof Uint8Array ? data : EMPTY, metadata, commit: position.commit, prepare: position.prepare };
}
