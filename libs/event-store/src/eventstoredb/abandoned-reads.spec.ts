import { createTestDatabase, describeWhere } from '@bestendig/testing';
import { EventStoreDbKits } from '../testing/eventstoredb-kit';
import { findEventStoreDb, type TestServer } from '../testing/eventstoredb-server';
import { newEvents, newStream, readToEnd } from '../testing/kit';

const found = findEventStoreDb();
const PAGE_EVENTS = 2_000;
const EVENTS = 12_000;

jest.setTimeout(60_000);

describeWhere(
  'missing' in found ? found.missing : null,
  'long reads of an EventStoreDB that nobody goes on with',
  () => {
    let server: TestServer;
    const kits = new EventStoreDbKits(createTestDatabase, () => server.url);
    beforeAll(async () => {
      if ('start' in found) server = await found.start();
    }, 180_000);
    afterAll(async () => {
      await kits.drop();
      await server.stop();
    });

    // What the server has sent and nobody takes fills the connection: reads that share it would wait for ever.
    test('they keep no other read waiting', async () => {
      const { kit } = await kits.makeOpened();
      for (let count = 0; count < EVENTS; count += 400) await kit.store.append(Array.from({ length: 40 }, () => ({ stream: newStream(), expected: 'NO_STREAM' as const, events: newEvents(10) }))); // prettier-ignore
      for (let round = 0; round < 12; round += 1) {
        const page = await kit.store.readAll(null, { limit: PAGE_EVENTS - round });
        await kit.store.readAll(page.next, { limit: PAGE_EVENTS - round });
      }
      expect(await readToEnd(kit.store)).toHaveLength(EVENTS);
      await kit.dispose();
    });
  },
);
