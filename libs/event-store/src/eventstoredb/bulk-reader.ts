import { createRequire } from 'node:module';
import { textOf, type LogReading, type Partial, type ServerConnection, type ServerEvent, type ServerFilter, type ServerPosition } from './connection';
import { LongReads, type EventSource } from './long-reads';

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
    const connections = new Connections(loadBridge(), urlOf(url));
    const long = new LongReads((reading) => sourceOf(connections, reading));
    // Its errors do not say what is wrong: the other client is asked again, which does.
    return { client: '@kurrent/kurrentdb-client', readLog: async (reading) => (await long.read(reading)) ?? plain.readLog(reading) };
  } catch {
    // Not installed, or not made for this kind of machine.
    return plain;
  }
}

/** It waits for this long before it connects at all, half a second where nothing is said. */
const DISCOVERY_MS = 20;

/** Under the name that the client knows. */
function urlOf(url: string): string {
  const renamed = url.replace(/^[a-z]+(?=(\+discover)?:)/, 'kurrentdb');
  if (/[?&]discoveryInterval=/i.test(renamed)) return renamed;
  return `${renamed}${renamed.includes('?') ? '&' : '?'}discoveryInterval=${DISCOVERY_MS}`;
}

/**
 * Of that client only its core. Its other half brings the server's messages as code, under the same global names as the other
 * client's: the two would write over each other's, and an append of the other client then fails.
 */
function loadBridge(): Bridge {
  return createRequire(require.resolve('@kurrent/kurrentdb-client'))('@kurrent/bridge') as Bridge;
}

/**
 * A connection for each call that is under way. That client cannot break a call off: what the server has sent of one that
 * nobody goes on with stays in its connection, and fills it until all other calls on it wait. So one is used again only after
 * its call was read to its end; the others go with their calls.
 */
class Connections {
  private readonly idle: BridgeClient[] = [];

  constructor(private readonly bridge: Bridge, private readonly url: string) {
    // Made now, so that a machine it is not made for shows at once.
    this.idle.push(bridge.createClient(url));
  }

  take(): BridgeClient {
    return this.idle.pop() ?? this.bridge.createClient(this.url);
  }

  giveBack(client: BridgeClient): void {
    if (this.idle.length < IDLE_MAX) this.idle.push(client);
  }
}

/** As many calls as are under way at once where many read, not more than a server minds. */
const IDLE_MAX = 4;

function sourceOf(connections: Connections, reading: Omit<LogReading, 'deadlineMs'>): EventSource {
  const client = connections.take();
  const iterator = client.readAll(optionsOf(reading))[Symbol.asyncIterator]();
  return {
    next: async () => {
      const step = await iterator.next();
      if (step.done !== true) return step.value.flatMap(({ event }) => (event === undefined ? [] : serverEvent(event)));
      connections.giveBack(client);
      return null;
    },
  };
}

function optionsOf(reading: Omit<LogReading, 'deadlineMs'>): BridgeReading {
  return {
    direction: reading.backward ? 'backwards' : 'forwards',
    fromPosition: reading.from === null ? (reading.backward ? 'end' : 'start') : { commit: reading.from.commit, prepare: reading.from.prepare },
    maxCount: BigInt(reading.limit),
    requiresLeader: true,
    resolvesLink: false,
    ...(reading.filter === null ? {} : { filter: filterOf(reading.filter) }),
  };
}

function filterOf(filter: ServerFilter): BridgeFilter {
  if ('regex' in filter) return { filterOn: 'streamName', regex: filter.regex };
  return { filterOn: filter.on === 'stream' ? 'streamName' : 'eventType', prefixes: [...filter.prefixes] };
}

/** Its bytes as text at once: held for long, bytes that lie outside the heap are dear to collect. */
function serverEvent({ streamId, revision, type, data, metadata, position }: BridgeEvent): ServerEvent {
  return { stream: streamId, revision: Number(revision), type, data: textOf(data), metadata: textOf(metadata), commit: position?.commit ?? 0n, prepare: position?.prepare ?? 0n };
}
