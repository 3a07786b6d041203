import type { Pool } from 'pg';
import type { EventStore } from '../port';
import { isOfStores } from '../reading';
import { parsePosition, positionOf } from './kept-event';
import type { ServerLog } from './server-log';

const PAGE_EVENTS = 5_000;

/** Which streams there are. The server keeps no such list: a pass over the log makes one in PostgreSQL, and goes on where it was when it is asked again. */
export class StreamList {
  constructor(
    private readonly pool: Pool,
    private readonly log: ServerLog,
  ) {}

  readonly streamsOf: EventStore['streamsOf'] = async (category, after, limit) => {
    if (isOfStores(`${category}-`)) return [];
    await this.bringUpToDate();
    // The names of a category lie between `category-` and `category.`, the next character.
    const { rows } = await this.pool.query<{ name: string }>('select name from event_log.stream_name where name > $1 and name < $2 order by name limit $3', [after ?? `${category}-`, `${category}.`, limit]);
    return rows.map(({ name }) => name);
  };

  private async bringUpToDate(): Promise<void> {
    const client = await this.pool.connect();
    try {
      for (let [more, long] = [true, false]; more; long = true) {
        await client.query(`begin; select pg_advisory_xact_lock(hashtext('bestendig event log names'))`);
        const { rows } = await client.query<{ readUntil: string | null }>('select read_until as "readUntil" from event_log.names_pass');
        const from = rows[0]?.readUntil ?? null;
        const { events, atEnd } = await this.log.after(from === null ? null : parsePosition(from), PAGE_EVENTS, long);
        const last = events.at(-1);
        const names = events.filter((event) => event.revision === 0 && !isOfStores(event.name)).map((event) => event.name);
        if (names.length > 0) await client.query('insert into event_log.stream_name select unnest($1::text[]) on conflict do nothing', [names]);
        if (last !== undefined) await client.query('update event_log.names_pass set read_until = $1', [positionOf(last)]);
        await client.query('commit');
        more = !atEnd;
      }
      client.release();
    } catch (error) {
      // Thrown away, and its transaction with it.
      client.release(true);
      throw error;
    }
  }
}
