import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { ServerConnection } from './connection';

/** What a call says of itself before the server has answered anything: a door that notes it, and gives no answer of use. */
async function headersOf(
  ask: (connection: ServerConnection) => Promise<unknown>,
): Promise<readonly IncomingHttpHeaders[]> {
  const seen: IncomingHttpHeaders[] = [];
  const sessions: ServerHttp2Session[] = [];
  const door = createServer()
    .on('session', (session) => sessions.push(session))
    .on('stream', (stream, headers) => {
      seen.push(headers);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true });
    })
    .listen(0, '127.0.0.1');
  await once(door, 'listening');
  const connection = new ServerConnection(`esdb://127.0.0.1:${(door.address() as AddressInfo).port}?tls=false`);
  await ask(connection).catch(() => undefined);
  await connection.close();
  for (const session of sessions) session.destroy();
  door.close();
  return seen;
}

const READING = { limit: 1, backward: false, deadlineMs: 5_000 };

// Undoing it costs more than all else that is done with an event.
test.each([
  ['a read of the log', (connection: ServerConnection) => connection.readLog({ ...READING, from: null, filter: null })],
  [
    'a read of a stream',
    (connection: ServerConnection) => connection.readStream('s', { ...READING, fromRevision: null }),
  ],
  ['an append', (connection: ServerConnection) => connection.append('s', -1, [], 5_000)],
])('%s asks for no compressed answer', async (_, ask) => {
  const seen = await headersOf(ask);
  const calls = seen.filter((headers) => headers[':path']?.startsWith('/event_store.client.streams.Streams/'));
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.map((headers) => headers['grpc-accept-encoding'])).toEqual(calls.map(() => undefined));
});
