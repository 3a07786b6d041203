import { createRequire } from 'node:module';
import type { LogReading, Partial, ServerConnection, ServerEvent, ServerFilter, ServerPosition } from './connection';

/** Reads long stretches of the server's log. */
export type BulkReader = {
  /** Which client it reads with. */
  readonly client: '@eventstore/db-client' | '@kurrent/kurrentdb-client';
  /** As {@link ServerConnection.readLog}. */
  readLog(reading: LogReading): Promise<Partial>;
};

/** What is used of that client's core. Written out, so that this library compiles where the client is not installed. */
type Bridge = { createClient(url: string): BridgeClient };
type BridgeClient = { readAll(options: BridgeReading): AsyncIterable<readonly { readonly event?: BridgeEvent }[]> };
type BridgeReading = {
  readonly direction: 'forwards' | 'backwards';
  readonly fromPosition: ServerPosition | 'start' | 'end';
  readonly maxCount: bigint;
  readonly requiresLeader: boolean;
  readonly resolvesLink: boolean;
  readonly filter?: BridgeFilter;
};
type BridgeFilter = { readonly filterOn: 'streamName' | 'eventType'; readonly regex: string } | { readonly filterOn: 'streamName' | 'eventType'; readonly prefixes: readonly string[] };
type BridgeEvent = { readonly streamId: string; readonly type: string; readonly revision: bigint; readonly data: Uint8Array; readonly metadata: Uint8Array; readonly position?: ServerPosition };

/** The faster client where it can be loaded on this machine, else the one that is there always. */
export async function openBulkReader(url: string, server: ServerConnection, wanted: BulkReader['client'] = '@kurrent/kurrentdb-client'): Promise<BulkReader> {
  const plain: BulkReader = { client: '@eventstore/db-client', readLog: (reading) => server.readLog(reading) };
  if (wanted === plain.client) return plain;
  try {
    const client = loadBridge().createClient(url.replace(/^[a-z]+(?=(\+discover)?:)/, 'kurrentdb'));
    // Its errors do not say what is wrong: the other client is asked again, which does.
    return { client: '@kurrent/kurrentdb-client', readLog: async (reading) => (await readWith(client, reading)) ?? plain.readLog(reading) };
  } catch {
    // Not installed, or not made for this kind of machine.
    return plain;
  }
}

/**
 * Of that client only its core. Its other half brings the server's messages as code, under the same global names as the other
 * client's: the two would write over each other's, and an append of the other client then fails.
 */
function loadBridge(): Bridge {
  return createRequire(require.resolve('@kurrent/kurrentdb-client'))('@kurrent/bridge') as Bridge;
}

/** Null where it failed. */
async function readWith(client: BridgeClient, reading: LogReading): Promise<Partial | null> {
  const events: ServerEvent[] = [];
  const source = client.readAll({
    direction: reading.backward ? 'backwards' : 'forwards',
    fromPosition: reading.from === null ? (reading.backward ? 'end' : 'start') : { commit: reading.from.commit, prepare: reading.from.prepare },
    maxCount: BigInt(reading.limit),
    requiresLeader: true,
    resolvesLink: false,
    ...(reading.filter === null ? {} : { filter: filterOf(reading.filter) }),
  });
  const iterator = source[Symbol.asyncIterator]();
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
        iterator.return?.()?.catch(() => undefined);
        return { events, whole: false };
      }
      if (next.done === true) return { events, whole: true };
      for (const { event } of next.value) if (event !== undefined) events.push(serverEvent(event));
    }
  } catch {
    return events.length === 0 ? null : { events, whole: false };
  } finally {
    clearTimeout(timer);
  }
}

function filterOf(filter: ServerFilter): BridgeFilter {
  if ('regex' in filter) return { filterOn: 'streamName', regex: filter.regex };
  return { filterOn: filter.on === 'stream' ? 'streamName' : 'eventType', prefixes: [...filter.prefixes] };
}

function serverEvent({ streamId, revision, type, data, metadata, position }: BridgeEvent): ServerEvent {
  return { stream: streamId, revision: Number(revision), type, data, metadata, commit: position?.commit ?? 0n, prepare: position?.prepare ?? 0n };
}
