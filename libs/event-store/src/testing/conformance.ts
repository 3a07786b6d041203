import { appending } from './appending';
import { following } from './following';
import { integrity } from './integrity';
import { refusing } from './refusing';
import { racing } from './racing';
import { reading } from './reading';
import { restoring } from './restoring';
import { runsAsReported } from './runs-as-reported';
import { telling } from './telling-time';
import type { EventStoreKit, MakeKit, Topic } from './kit';

const TOPICS: Readonly<Record<string, Topic>> = { appending, refusing, racing, reading, following, integrity, restoring, 'telling time': telling, 'runs as reported': runsAsReported };

/** Holds an adapter to the port: every adapter runs this suite, whole. */
export function eventStoreConformance(name: string, makeKit: MakeKit): void {
  describe(`${name} keeps the promises of the event store port`, () => {
    let kit: EventStoreKit | null = null;
    beforeEach(async () => {
      kit = await makeKit();
    });
    afterEach(async () => {
      await kit?.dispose();
      kit = null;
    });
    const current = (): EventStoreKit => {
      if (kit === null) throw new Error('The kit is made before each test.');
      return kit;
    };
    for (const [topic, tests] of Object.entries(TOPICS)) describe(topic, () => tests(current, makeKit));
  });
}
