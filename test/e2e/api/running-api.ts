import { createApi, type ApiOptions } from '@bestendig/api';
import { openEventStore, type OpenOptions } from '@bestendig/event-store';
import { runProjector } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { createTestDatabase } from '@bestendig/testing';
import { freshLog } from '../fresh-log';

export const SECRET = Buffer.alloc(32, 5);

export type Reply = { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: unknown };
type Sent = { readonly body?: unknown; readonly type?: string; readonly headers?: Readonly<Record<string, string>> };

/** The API on a database of its own, over real HTTP. */
export type RunningApi = {
  readonly databaseUrl: string;
  readonly log: OpenOptions;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  post(path: string, sent: Sent): Promise<Reply>;
  ask(method: string, path: string, sent?: Sent): Promise<Reply>;
  /** A command of a person, by default on whatever is there. */
  command(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** HR messages as a batch; gives the results. */
  publish(...messages: readonly unknown[]): Promise<readonly unknown[]>;
  stop(): Promise<void>;
};

let commands = 0;

/** The projector beside the API, as apps/projector runs it. */
async function startProjector(log: OpenOptions): Promise<() => Promise<void>> {
  const stop = new AbortController();
  const store = await openEventStore(log);
  const running = runProjector({ set: READ_MODELS, store, databaseUrl: log.databaseUrl, signal: stop.signal });
  return async () => {
    stop.abort();
    await running;
    await store.close();
  };
}

export async function startApi({ projector = false, ...options }: Partial<ApiOptions> & { readonly projector?: boolean } = {}): Promise<RunningApi> {
  const database = await createTestDatabase();
  const log = freshLog(database.url);
  const stopProjector = projector ? await startProjector(log) : () => Promise.resolve();
  const api = await createApi({ ...log, secret: SECRET, host: '127.0.0.1', port: 0, logLevel: 'fatal', ...options });
  const ask = async (method: string, path: string, { body, type, headers = {} }: Sent = {}): Promise<Reply> => {
    const payload = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(`${api.url}${path}`, { method, headers: { ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }), ...headers }, ...payload });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text === '' ? null : JSON.parse(text) };
  };
  const post = (path: string, sent: Sent) => ask('POST', path, sent);
  const isLive = async (): Promise<boolean> => listAt((await ask('GET', '/v1/projections', {})).body, 'projections').some((build) => at(build, 'state') === 'live');
  while (projector && !(await isLive())) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    databaseUrl: database.url,
    log,
    get: (path, headers = {}) => ask('GET', path, { headers }),
    post,
    ask,
    command: (path, body, headers = {}) => post(path, { body, headers: { 'idempotency-key': `key-${(commands += 1)}`, 'if-match': '*', ...headers } }),
    publish: async (...messages) => listAt((await post('/v1/hr-facts', { body: messages, type: 'application/cloudevents-batch+json' })).body, 'results'),
    stop: async () => {
      await api.close();
      await stopProjector();
      await database.drop();
    },
  };
}

/** What stands in a JSON value at a path; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found: unknown = value;
  for (const step of path) found = typeof found === 'object' && found !== null ? Object.entries(found).find(([name]) => name === String(step))?.[1] : undefined;
  return found;
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== 'string') throw new Error(`no text at ${path.join('.')} of ${JSON.stringify(value)}`);
  return found;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  if (!Array.isArray(found)) throw new Error(`no list at ${path.join('.')} of ${JSON.stringify(value)}`);
  return found;
}

export const entriesAt = (value: unknown, ...path: readonly (string | number)[]): readonly (readonly [string, unknown])[] => Object.entries(at(value, ...path) ?? {});
