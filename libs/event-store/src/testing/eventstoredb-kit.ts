import { randomUUID } from 'node:crypto';
import { ServerConnection } from '../eventstoredb/connection';
import { keptEvents, positionOf, rawOf } from '../eventstoredb/kept-event';
import { openEventStoreDbStore, type EventStoreDbOptions, type EventStoreDbStore } from '../eventstoredb/eventstoredb-store';
import { Names } from '../eventstoredb/names';
import type { EventStore, Position } from '../port';
import { IdleDatabases, type Database } from './idle-databases';
import type { EventStoreKit, Kept, MakeKit } from './kit';
import { runSql } from './postgres-kit';
import { TcpDoor } from './tcp-door';

type Opened = { readonly store: EventStoreDbStore; readonly databaseUrl: string; readonly namespace: string };

const AN_HOUR_BEHIND = `create or replace function event_log.clock_us() returns bigint language sql volatile as
  $$ select (extract(epoch from clock_timestamp()) * 1000000)::bigint - 3600000000 $$`;
const ON_TIME = AN_HOUR_BEHIND.replace(' - 3600000000', '');
const EMPTY = `truncate event_log.log, event_log.as_reported_run, event_log.stream_name;
  alter sequence event_log.turn restart; update event_log.names_pass set read_until = null; ${ON_TIME}`;
const OTHERS = `select pid from pg_stat_activity where datname = current_database() and application_name <> 'kit'`;
const READ_MAX = 10_000;
const CUT_PAUSE_MS = 60;

/** Each store is a namespace of its own in one server, with a database that tests use one after the other. */
export class EventStoreDbKits {
  private readonly databases: IdleDatabases;

  constructor(
    createDatabase: () => Promise<Database>,
    private readonly serverUrl: () => string,
  ) {
    this.databases = new IdleDatabases(createDatabase, (url) => runSql(url, EMPTY));
  }

  readonly make: MakeKit = async (options = {}) => (await this.makeOpened(options)).kit;

  /** For tests of what only this adapter has. */
  async makeOpened(options: Partial<EventStoreDbOptions> = {}): Promise<Opened & { readonly kit: EventStoreKit }> {
    const server = new URL(this.serverUrl());
    const door = await TcpDoor.before(Number(server.port), server.hostname);
    const throughDoor = new URL(server);
    throughDoor.hostname = '127.0.0.1';
    throughDoor.port = String(door.port);
    const disposals: (() => Promise<void>)[] = [];
    const open = async (databaseUrl: string, namespace: string): Promise<EventStoreDbStore> => {
      const store = await openEventStoreDbStore({ ...options, url: throughDoor.toString(), databaseUrl, namespace });
      disposals.push(() => store.close());
      return store;
    };
    const openEmpty = async (): Promise<Opened> => {
      const database = await this.databases.take();
      const namespace = `t${randomUUID().replaceAll('-', '').slice(0, 16)}`;
      const store = await open(database.url, namespace);
      disposals.push(() => this.databases.giveBack(database));
      return { store, databaseUrl: database.url, namespace };
    };
    const opened = await openEmpty();
    const shown = new SwitchableStore(opened.store);
    const kit: EventStoreKit = {
      store: shown.store,
      secondDoor: () => open(opened.databaseUrl, opened.namespace),
      makeEmptyStore: async () => (await openEmpty()).store,
      cutConnections: async () => {
        door.cut();
        await runSql(opened.databaseUrl, `select pg_terminate_backend(pid) from (${OTHERS}) as others`);
        // An append needs both servers, and a new term after each cut: cut faster than that, nothing would ever be kept.
        await new Promise((resolve) => setTimeout(resolve, CUT_PAUSE_MS));
      },
      setClockBack: () => runSql(opened.databaseUrl, AN_HOUR_BEHIND),
      tamper: async (stream, revision, change) => {
        const copy = await openEmpty();
        const moved = await copyChanged(this.serverUrl(), opened.namespace, copy.namespace, (kept, place) => (place.stream === stream && place.revision === revision ? change(kept) : kept));
        shown.switchTo(copy.store, moved);
      },
      dispose: async () => {
        for (const dispose of disposals.splice(0)) await dispose();
        door.close();
      },
    };
    return { ...opened, kit };
  }

  drop(): Promise<void> {
    return this.databases.drop();
  }
}

/** A store whose log can be changed for a copy of it: what this server keeps cannot be changed where it lies. */
class SwitchableStore {
  readonly store: EventStore;
  private current: EventStore;
  private moved: ReadonlyMap<Position, Position> = new Map();

  constructor(first: EventStore) {
    this.current = first;
    const at = (from: Position | null): Position | null => (from === null ? null : (this.moved.get(from) ?? from));
    this.store = new Proxy(first, {
      get: (_, name) => {
        if (name === 'readRaw') return (from: Position | null, limit: number) => this.current.readRaw(at(from), limit);
        const member: unknown = Reflect.get(this.current, name);
        return typeof member === 'function' ? member.bind(this.current) : member;
      },
    });
  }

  switchTo(store: EventStore, moved: ReadonlyMap<Position, Position>): void {
    this.current = store;
    this.moved = moved;
  }
}

type Change = (kept: Kept, place: { readonly stream: string; readonly revision: number }) => Kept;

/** The log of one namespace written into another, event by event; where each then stands. */
async function copyChanged(url: string, from: string, to: string, change: Change): Promise<ReadonlyMap<Position, Position>> {
  const server = new ServerConnection(url);
  const [source, target] = [new Names(from), new Names(to)];
  const moved = new Map<Position, Position>();
  const { events } = await server.readLog({ from: null, filter: source.filter, limit: READ_MAX, backward: false, deadlineMs: 10_000 });
  for (const event of keptEvents(events, source)) {
    const { canonical, hash } = change(rawOf(event), { stream: event.name, revision: event.revision });
    const copy = { id: randomUUID(), type: event.type, data: Buffer.from(canonical), metadata: Buffer.from(JSON.stringify({ hash, term: event.beside.term })) };
    const appended = await server.append(target.onServer(event.name), event.revision - 1, [copy], 10_000);
    if (appended.outcome === 'appended') moved.set(positionOf(event), positionOf({ commit: appended.commit, prepare: appended.commit }));
  }
  await server.close();
  return moved;
}
