import type { Position } from '@bestendig/event-store';
import { connect, migrateSchema, openPool, type Migrations } from '@bestendig/postgres';
import { sql } from 'kysely';
import type { Client, Pool } from 'pg';

const MIGRATIONS: Migrations = {
  '001_checkpoint': {
    up: (db) =>
      sql`create table reactions.checkpoint (name text primary key, position text not null, updated_at timestamptz not null default now())`
        .execute(db)
        .then(() => undefined),
  },
};

/** Reactions, or the one named, go through the log from its start: it is another log from now on, or what they did is gone. What they did before they find done. */
export async function forgetReactions(databaseUrl: string, name: string | null = null): Promise<void> {
  await migrateSchema(databaseUrl, 'reactions', MIGRATIONS);
  const client = await connect({ databaseUrl, name: 'reactions' });
  await client
    .query('delete from reactions.checkpoint where name = coalesce($1, name)', [name])
    .finally(() => client.end());
}

/** How far each reaction is, in PostgreSQL; and the lock that lets one process at a time run them. */
export class ReactionCheckpoints {
  private constructor(
    private readonly pool: Pool,
    private readonly databaseUrl: string,
  ) {}

  /** Migrates at open. */
  static async open(databaseUrl: string): Promise<ReactionCheckpoints> {
    await migrateSchema(databaseUrl, 'reactions', MIGRATIONS);
    const pool = openPool({ databaseUrl, name: 'reactions', maxConnections: 2 });
    return new ReactionCheckpoints(pool, databaseUrl);
  }

  async read(name: string): Promise<Position | null> {
    const { rows } = await this.pool.query<{ position: string }>(
      'select position from reactions.checkpoint where name = $1',
      [name],
    );
    return rows[0]?.position ?? null;
  }

  async write(name: string, position: Position): Promise<void> {
    await this.pool.query(
      'insert into reactions.checkpoint (name, position) values ($1, $2) on conflict (name) do update set position = excluded.position, updated_at = now()',
      [name, position],
    );
  }

  /**
   * Waits until no other process has the right of this name, then runs `work` while holding that right; its signal aborts with the
   * caller's, or when the right is lost with its connection. What goes on for a moment without it does no harm: every id
   * a reaction gives is derived.
   */
  async alone(right: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const held = new AbortController();
    const client = await connect({ databaseUrl: this.databaseUrl, name: 'reactions (right)' });
    const lose = (): void => held.abort();
    client.on('error', lose);
    client.on('end', lose);
    signal.addEventListener('abort', lose, { once: true });
    try {
      while (!signal.aborted && !(await taken(client, right))) await pause(1000, signal);
      if (!signal.aborted) await work(held.signal);
      if (!signal.aborted) throw new Error('the connection that holds the right to run reactions was lost');
    } finally {
      signal.removeEventListener('abort', lose);
      await client.end().catch(() => undefined);
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

async function taken(client: Client, right: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock(hashtext($1)) as taken', [
    `bestendig ${right}`,
  ]);
  return rows[0]?.taken === true;
}

/** Waits, or less when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
