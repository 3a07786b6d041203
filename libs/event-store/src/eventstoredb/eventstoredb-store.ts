import { EventStoreError, type EventStore } from '../port';
import type { Upcasters } from '../reading';

export type EventStoreDbOptions = {
  readonly url: string;
  readonly databaseUrl: string;
  readonly namespace?: string;
  readonly upcasters?: Upcasters;
  readonly maxConnections?: number;
};

/** Opens the store in an EventStoreDB or KurrentDB. Not there yet. */
export async function openEventStoreDbStore(_options: EventStoreDbOptions): Promise<EventStore> {
  throw new EventStoreError('unavailable', 'The adapter for EventStoreDB is not there yet.');
}
