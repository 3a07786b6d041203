import type { EventStore, Position, RecordedEvent } from '@bestendig/event-store';
import { migrateSchema, openPool, type Migrations } from '@bestendig/postgres';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Messages } from './messages-of-page';

const MIGRATIONS: Migrations = {
  '001_left_out': {
    up: (db) =>
      sql`create table publisher.left_out (stream text primary key, revision integer not null, since timestamptz not null default now())`
        .execute(db)
        .then(() => undefined),
  },
};

/**
 * Placements that cannot be read, each with its first event of which nothing was told: kept, so that a program that can read
 * them makes up for it.
 */
export class LeftOutPlacements {
  private constructor(
    private readonly pool: Pool,
    private readonly held: Map<string, number>,
  ) {}

  /** Migrates at open. */
  static async open(databaseUrl: string): Promise<LeftOutPlacements> {
    await migrateSchema(databaseUrl, 'publisher', MIGRATIONS);
    const pool = openPool({ databaseUrl, name: 'publisher', maxConnections: 1 });
    return new LeftOutPlacements(pool, new Map());
  }

  /** What another process left, too: asked where this one begins to publish. */
  async load(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ stream: string; revision: number }>('select stream, revision from publisher.left_out');
    this.held.clear();
    for (const { stream, revision } of rows) this.held.set(stream, revision);
    return [...this.held.keys()];
  }

  /** Events of a placement that nothing was told of, as far as they were handled. */
  async eventsOf(stream: string, store: EventStore, handled: Position): Promise<readonly RecordedEvent[]> {
    const fromRevision = this.held.get(stream) ?? 0;
    const events = await store.readStream(stream, { fromRevision });
    return events.filter(({ position }) => store.comparePositions(position, handled) <= 0);
  }

  /** Where the placements of a page stand after it. Gives those that are left out from here on. */
  async note(reached: Messages['reached']): Promise<readonly { readonly stream: string; readonly error: unknown }[]> {
    const added: { readonly stream: string; readonly error: unknown }[] = [];
    for (const [stream, unread] of reached) {
      if (unread === null) await this.release(stream);
      else if (await this.hold(stream, unread.unreadFrom)) added.push({ stream, error: unread.error });
    }
    return added;
  }

  private async hold(stream: string, revision: number): Promise<boolean> {
    if (this.held.has(stream)) return false;
    await this.pool.query('insert into publisher.left_out (stream, revision) values ($1, $2) on conflict (stream) do nothing', [stream, revision]);
    this.held.set(stream, revision);
    return true;
  }

  private async release(stream: string): Promise<void> {
    if (!this.held.has(stream)) return;
    await this.pool.query('delete from publisher.left_out where stream = $1', [stream]);
    this.held.delete(stream);
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
