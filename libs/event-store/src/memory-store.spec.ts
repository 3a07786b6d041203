import { MemoryEventStore } from './memory-store';
import { eventStoreConformance } from './testing';
import type { MakeKit } from './testing';

const HOUR_US = 3_600_000_000n;

const makeKit: MakeKit = async (options = {}) => {
  let behindUs = 0n;
  const make = () => new MemoryEventStore(() => BigInt(Date.now()) * 1000n - behindUs, options.upcasters ?? {});
  const store = make();
  return {
    store,
    secondDoor: async () => store,
    makeEmptyStore: async () => make(),
    cutConnections: async () => undefined,
    setClockBack: async () => void (behindUs = HOUR_US),
    tamper: async (stream, revision, change) => {
      const index = store.log.findIndex((row) => row.stream === stream && row.revision === revision);
      const row = store.log[index];
      if (row !== undefined) store.log[index] = { ...row, ...change(row) };
    },
    dispose: () => store.close(),
  };
};

eventStoreConformance('in memory', makeKit);
