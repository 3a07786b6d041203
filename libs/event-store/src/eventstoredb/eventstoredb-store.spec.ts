import { createTestDatabase, describeWhere } from '@bestendig/testing';
import { eventStoreConformance } from '../testing';
import { findEventStoreDb, type TestServer } from '../testing/eventstoredb-server';
import { EventStoreDbKits } from '../testing/eventstoredb-kit';

const found = findEventStoreDb();

describeWhere('missing' in found ? found.missing : null, 'on a real server', () => {
  let server: TestServer;
  const kits = new EventStoreDbKits(createTestDatabase, () => server.url);
  beforeAll(async () => {
    if ('start' in found) server = await found.start();
  }, 180_000);
  afterAll(async () => {
    await kits.drop();
    await server.stop();
  });

  eventStoreConformance('EventStoreDB', kits.make);
});
