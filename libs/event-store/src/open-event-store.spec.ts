import { createTestDatabase } from '@bestendig/testing';
import { eventStoreSettings, openEventStore } from './open-event-store';

test('unless told otherwise the log is kept in PostgreSQL', async () => {
  for (const environment of [{}, { EVENT_STORE: '' }, { EVENT_STORE: 'postgresql' }, { EVENTSTOREDB_URL: 'esdb://localhost:2113' }]) expect(eventStoreSettings(environment)).toEqual({ eventStoreDb: null });
  const database = await createTestDatabase();
  const store = await openEventStore({ databaseUrl: database.url, ...eventStoreSettings({}), maxConnections: 3 });
  expect(await store.headPosition()).toBeNull();
  await store.close();
  await database.drop();
});

test('EventStoreDB is named by its URL, and a namespace if it is shared', () => {
  const url = 'esdb://localhost:2113?tls=false';
  expect(eventStoreSettings({ EVENT_STORE: 'eventstoredb', EVENTSTOREDB_URL: url })).toEqual({ eventStoreDb: { url, namespace: '' } });
  expect(eventStoreSettings({ EVENT_STORE: 'eventstoredb', EVENTSTOREDB_URL: 'kurrentdb+discover://db', EVENTSTOREDB_NAMESPACE: 'b1' })).toMatchObject({ eventStoreDb: { namespace: 'b1' } });
});

test.each([
  ['another store', { EVENT_STORE: 'mongodb' }],
  ['no URL', { EVENT_STORE: 'eventstoredb' }],
  ['another scheme', { EVENT_STORE: 'eventstoredb', EVENTSTOREDB_URL: 'https://admin:secret@localhost' }],
  ['a namespace with a dot', { EVENT_STORE: 'eventstoredb', EVENTSTOREDB_URL: 'esdb://admin:secret@localhost', EVENTSTOREDB_NAMESPACE: 'secret.b' }],
])('%s is refused with a code, and without the value', (_, environment) => {
  const read = () => eventStoreSettings(environment);
  expect(read).toThrow(expect.objectContaining({ code: 'badSettings', message: expect.not.stringContaining('secret') }));
});
