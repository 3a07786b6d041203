import { getPostgreSQLEventStore, pongoSingleStreamProjection, rebuildPostgreSQLProjections, type PostgresEventStore } from '@event-driven-io/emmett-postgresql'; // prettier-ignore
import type { PlacementEvent } from '@bestendig/placement-domain';
import { Client } from 'pg';
import { madePlacements } from './made-placements';

/** It takes Emmett long enough. */
export const EMMETT_SAMPLE = 20_000;
const COLLECTION = 'placements';

type Told = { type: PlacementEvent['type']; data: { placementId: string; effectiveDate: string; event: string } };
/** What one would keep of a placement's life, without the versions by known time and the chains that ours keep too. */
type Summary = { events: number; firstDay: string | null; lastDay: string | null; latest: string | null };

const projection = pongoSingleStreamProjection<Summary, Told>({
  collectionName: COLLECTION,
  canHandle: [
    'PlacementRegistered',
    'ContractSigned',
    'ContractExtended',
    'ContractEnded',
    'JobcoachAssigned',
    'HoursChanged',
    'EmploymentInterrupted',
    'EmploymentResumed',
    'UitvalRecorded',
  ],
  initialState: () => ({ events: 0, firstDay: null, lastDay: null, latest: null }),
  evolve: (document: Summary, { type, data }: Told): Summary => ({
    events: document.events + 1,
    firstDay: type === 'ContractSigned' ? data.effectiveDate : document.firstDay,
    lastDay: type === 'ContractEnded' ? data.effectiveDate : document.lastDay,
    latest: type,
  }),
});

/** The first events of the same made placements in an Emmett store, and its rebuild of one document a placement. */
export class EmmettRebuild {
  private constructor(
    private readonly store: PostgresEventStore,
    private readonly databaseUrl: string,
  ) {}

  static async into(databaseUrl: string, seed: number): Promise<EmmettRebuild> {
    const store = getPostgreSQLEventStore(databaseUrl);
    let left = EMMETT_SAMPLE;
    for (const { placementId, events } of madePlacements(EMMETT_SAMPLE, seed)) {
      const told = events.slice(0, left).map((event) => toldOf(placementId, event));
      await store.appendToStream(`placement:${placementId}`, told);
      left -= told.length;
      if (left === 0) break;
    }
    return new EmmettRebuild(store, databaseUrl);
  }

  async run(): Promise<void> {
    const consumer = rebuildPostgreSQLProjections({ connectionString: this.databaseUrl, projections: [projection] });
    await consumer.start();
    await consumer.close();
  }

  /** Events that the documents hold now. */
  async count(): Promise<number> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ events: number }>(
        `select sum((data->>'events')::int)::int as events from ${COLLECTION}`,
      );
      return rows[0]?.events ?? 0;
    } finally {
      await client.end();
    }
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

function toldOf(placementId: string, event: PlacementEvent): Told {
  return { type: event.type, data: { placementId, effectiveDate: event.data.effectiveDate, event: event.id } };
}
