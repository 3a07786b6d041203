import { EventStoreDBClient } from '@eventstore/db-client';
import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { AppendReq, ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { EventStoreError } from '../port';
import { codedFailure, isLost, isNoPosition, type Failure } from './failure';

/** Where an event stands in the whole server's log. Both numbers are equal for whatever this adapter appends. */
export type ServerPosition = { readonly commit: bigint; readonly prepare: bigint };

/** An event as the server keeps it; `stream` is the server's name, not ours. */
export type ServerEvent = ServerPosition & {
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
};

export type NewServerEvent = { readonly id: string; readonly type: string; readonly data: Uint8Array; readonly metadata: Uint8Array; readonly json?: boolean };

/** Which streams or types the server lets through: by prefixes, or by one regular expression. */
export type ServerFilter = { readonly on: 'stream' | 'type'; readonly prefixes: readonly string[] } | { readonly on: 'stream'; readonly regex: string };

type Reading = { readonly limit: number; readonly backward: boolean; readonly deadlineMs: number };
export type StreamReading = Reading & { /** Inclusive; null: from the end that the direction begins at. */ readonly fromRevision: number | null };
export type LogReading = Reading & {
  /** Forward inclusive, backward exclusive; null: from the end that the direction begins at. */ readonly from: ServerPosition | null;
  readonly filter: ServerFilter | null;
  /** Where it may end: what lies beyond it is not looked for. */
  readonly until?: ServerPosition;
};
/** What a read brought before its time was over; `whole` is false where it was cut short. */
export type Partial = { readonly events: readonly ServerEvent[]; readonly whole: boolean };

export type Appended = { readonly outcome: 'appended'; readonly commit: bigint } | { readonly outcome: 'conflict' };

/** What of the client is asked for besides its public side: see the note on {@link ServerConnection}. */
type Inside = {
  execute<T>(Client: typeof StreamsClient, name: string, action: (streams: StreamsClient) => Promise<T>): Promise<T>;
  callArguments(options: { readonly requiresLeader: boolean }, call: { readonly deadline: Date }): CallArguments;
};
type CallArguments = [Metadata, NonNullable<Parameters<StreamsClient['read']>[2]>];
type Metadata = Parameters<StreamsClient['append']>[0];

/** What the same protocol is called elsewhere; this client knows its first name only. */
const OTHER_NAMES = /^(eventstoredb|kurrentdb|kurrent|kdb)(?=(\+discover)?:)/;
/** Discovery of a cluster and making a connection come on top of a call's own deadline. */
const CONNECTING_MS = 2_000;

/**
 * A connection to EventStoreDB or KurrentDB in bounded calls: each ends by its deadline, with an answer or a coded error.
 *
 * The client finds the server, authenticates and makes new connections; the calls themselves are made here, on its stubs.
 * Its own appends answer a whole module through one list of promises, and where one connection breaks the answers on
 * another end the process; its reads take no deadline, no filter, and parse what is not asked for.
 */
export class ServerConnection {
  private readonly client: EventStoreDBClient;
  private readonly inside: Inside;
  private used = false;
  private letIn = false;

  /** @throws EventStoreError `badSettings` where the URL cannot be read; it is not repeated. */
  constructor(url: string) {
    try {
      this.client = EventStoreDBClient.connectionString(url.replace(OTHER_NAMES, 'esdb'));
    } catch {
      throw new EventStoreError('badSettings', 'The URL of the EventStoreDB cannot be read, or a file that it names.');
    }
    this.inside = this.client as unknown as Inside;
  }

  /** @throws EventStoreError; `unavailable` leaves in doubt whether it was appended, every other code does not. */
  append(stream: string, expectedRevision: number, events: readonly NewServerEvent[], deadlineMs: number): Promise<Appended> {
    const header = new AppendReq();
    const options = new AppendReq.Options();
    options.setStreamIdentifier(identifier(stream));
    if (expectedRevision < 0) options.setNoStream(new Empty());
    else options.setRevision(String(expectedRevision));
    header.setOptions(options);
    const requests = events.map(proposed);
    return this.call(deadlineMs, (streams, args) => {
      return new Promise<Appended>((resolve, reject) => {
        const sink = streams.append(...args, (error, answer) => {
          if (error !== null) reject(error);
          else if (answer.hasWrongExpectedVersion()) resolve({ outcome: 'conflict' });
          else resolve({ outcome: 'appended', commit: BigInt(answer.getSuccess()?.getPosition()?.getCommitPosition() ?? 0) });
        });
        // The answer tells what went wrong; unheard, the same error would end the process.
        sink.on('error', reject);
        sink.write(header);
        for (const request of requests) sink.write(request);
        sink.end();
      });
    });
  }

  /** Null where the stream does not exist. @throws EventStoreError */
  async readStream(stream: string, reading: StreamReading): Promise<readonly ServerEvent[] | null> {
    const options = new ReadReq.Options.StreamOptions();
    options.setStreamIdentifier(identifier(stream));
    if (reading.fromRevision !== null) options.setRevision(String(reading.fromRevision));
    else if (reading.backward) options.setEnd(new Empty());
    else options.setStart(new Empty());
    const request = readRequest(reading);
    request.setStream(options);
    request.setNoFilter(new Empty());
    const read = await this.read(request, reading.deadlineMs);
    if (!read.whole) throw new EventStoreError('unavailable', 'The EventStoreDB did not answer a read in time.');
    return read.found ? read.events : null;
  }

  /** @throws EventStoreError; `positionUnknown` for a position that is none. */
  async readLog(reading: LogReading): Promise<Partial> {
    const options = new ReadReq.Options.AllOptions();
    if (reading.from !== null) {
      const position = new ReadReq.Options.Position();
      position.setCommitPosition(String(reading.from.commit));
      position.setPreparePosition(String(reading.from.prepare));
      options.setPosition(position);
    } else if (reading.backward) options.setEnd(new Empty());
    else options.setStart(new Empty());
    const request = readRequest(reading);
    request.setAll(options);
    if (reading.filter === null) request.setNoFilter(new Empty());
    else request.setFilter(filterOptions(reading.filter));
    try {
      return await this.read(request, reading.deadlineMs, reading.until);
    } catch (error) {
      if (reading.from !== null && isNoPosition(error)) throw new EventStoreError('positionUnknown', 'This store never gave that position.', { cause: error });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.client.dispose();
    // Dispose ends calls, not the connection itself.
    if (this.used) await this.call(0, async (streams) => streams.close()).catch(() => undefined);
  }

  /** From now on, not to be let in is taken for something that passes. */
  wasLetIn(): void {
    this.letIn = true;
  }

  private read(options: ReadReq.Options, deadlineMs: number, until?: ServerPosition): Promise<Partial & { readonly found: boolean }> {
    const request = new ReadReq();
    request.setOptions(options);
    return this.call(deadlineMs, (streams, args) => {
      return new Promise((resolve, reject) => {
        const events: ServerEvent[] = [];
        let found = true;
        const source = streams.read(request, ...args);
        source.on('data', (answer: ReadResp) => {
          const event = answer.getEvent()?.getEvent();
          if (event !== undefined) {
            const read = serverEvent(event);
            events.push(read);
            if (read.commit !== until?.commit) return;
            resolve({ events, whole: true, found });
            source.cancel();
          } else if (answer.hasStreamNotFound()) found = false;
        });
        source.on('end', () => resolve({ events, whole: true, found }));
        source.on('error', (error: Failure) => {
          if (events.length > 0 && isLost(error)) resolve({ events, whole: false, found });
          else reject(error);
        });
      });
    });
  }

  private async call<T>(deadlineMs: number, action: (streams: StreamsClient, args: CallArguments) => Promise<T>): Promise<T> {
    this.used = true;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new EventStoreError('unavailable', 'The EventStoreDB could not be connected to in time.')), deadlineMs + CONNECTING_MS);
    });
    try {
      const [metadata, options] = this.inside.callArguments({ requiresLeader: true }, { deadline: new Date(Date.now() + deadlineMs) });
      const args: CallArguments = [uncompressed(metadata), options];
      return await Promise.race([this.inside.execute(StreamsClient, 'bestendig', (streams) => action(streams, args)), tooLate]);
    } catch (error) {
      const coded = codedFailure(error);
      // A cluster that chooses a leader knows nobody for a while.
      if (this.letIn && coded instanceof EventStoreError && coded.code === 'unauthorised') throw new EventStoreError('unavailable', 'The EventStoreDB lets this program in no more, or not now.', { cause: error });
      throw coded;
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * grpc-js says of every call that it reads compressed answers, and the server compresses then, each message by itself; to undo
 * that costs more processor time than all else that is done with an event. Here the call's own headers do not take the word.
 */
function uncompressed(metadata: Metadata): Metadata {
  const clone = metadata.clone.bind(metadata);
  metadata.clone = () => {
    const copy = clone();
    const set = copy.set.bind(copy);
    copy.set = (name, value) => (name === 'grpc-accept-encoding' ? undefined : set(name, value));
    return copy;
  };
  return metadata;
}

function readRequest({ limit, backward }: Reading): ReadReq.Options {
  const options = new ReadReq.Options();
  const uuid = new ReadReq.Options.UUIDOption();
  uuid.setString(new Empty());
  options.setUuidOption(uuid);
  options.setResolveLinks(false);
  options.setCount(String(limit));
  options.setReadDirection(backward ? ReadReq.Options.ReadDirection.BACKWARDS : ReadReq.Options.ReadDirection.FORWARDS);
  return options;
}

function filterOptions(filter: ServerFilter): ReadReq.Options.FilterOptions {
  const expression = new ReadReq.Options.FilterOptions.Expression();
  if ('regex' in filter) expression.setRegex(filter.regex);
  else expression.setPrefixList([...filter.prefixes]);
  const options = new ReadReq.Options.FilterOptions();
  if (filter.on === 'stream') options.setStreamIdentifier(expression);
  else options.setEventType(expression);
  options.setCount(new Empty());
  options.setCheckpointintervalmultiplier(1);
  return options;
}

function proposed(event: NewServerEvent): AppendReq {
  const message = new AppendReq.ProposedMessage();
  const id = new UUID();
  id.setString(event.id);
  message.setId(id);
  message.getMetadataMap().set('type', event.type);
  message.getMetadataMap().set('content-type', event.json === true ? 'application/json' : 'application/octet-stream');
  message.setData(event.data);
  message.setCustomMetadata(event.metadata);
  const request = new AppendReq();
  request.setProposedMessage(message);
  return request;
}

function identifier(stream: string): StreamIdentifier {
  const made = new StreamIdentifier();
  made.setStreamName(Uint8Array.from(Buffer.from(stream)));
  return made;
}

type RecordedOnServer = NonNullable<ReturnType<NonNullable<ReturnType<ReadResp['getEvent']>>['getEvent']>>;

function serverEvent(event: RecordedOnServer): ServerEvent {
  return {
    stream: Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString(),
    revision: Number(event.getStreamRevision()),
    type: event.getMetadataMap().get('type') ?? '',
    data: textOf(event.getData_asU8()),
    metadata: textOf(event.getCustomMetadata_asU8()),
    commit: BigInt(event.getCommitPosition()),
    prepare: BigInt(event.getPreparePosition()),
  };
}

/** Everything of ours is JSON; what is not becomes text from which no hash follows. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
