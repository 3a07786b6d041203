import { connect } from '@bestendig/postgres';
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { EventStoreError } from '../port';
import type { ServerConnection, ServerEvent, ServerPosition } from './connection';
import { parsePosition, positionOf } from './kept-event';
import type { Names } from './names';

/** Whose log this is, as the EventStoreDB and the database both keep it. */
export type Identity = {
  readonly logId: string;
  /** The database whose lock the log's writers take. */
  readonly databaseId: string;
  /** Before the log's first event: where a read from the start begins. */
  readonly began: ServerPosition;
};

const DEADLINE_MS = 5_000;
/** Kept where the server keeps what belongs to a stream and is no event of it. */
export const TERM_STREAM = 'clock-term';
const ATTEMPTS = 5;

type Row = [namespace: string, logId: string, databaseId: string];

/**
 * Holds the database and the log together: each knows the other, so that neither is used with a third. A new log in a new database is founded;
 * a log whose database was lost is taken over by the new one, and the old one, should it come back, is refused.
 *
 * @throws EventStoreError `otherLog`, `unavailable`, `unauthorised`
 */
export async function recognise(server: ServerConnection, names: Names, databaseUrl: string): Promise<Identity> {
  const client = await connect({ databaseUrl, name: 'event store (open)' });
  try {
    await client.query(`begin; select pg_advisory_xact_lock(hashtext('bestendig event log identity'))`);
    const identity = await recogniseLocked(server, names, client);
    await client.query('commit');
    return identity;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function recogniseLocked(server: ServerConnection, names: Names, client: Client): Promise<Identity> {
  const { rows } = await client.query<Row>({ rowMode: 'array', text: 'select namespace, log_id, database_id from event_log.log' });
  const row = rows[0];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const kept = await readIdentity(server, names);
    if (row !== undefined) {
      if (kept === null || row[0] !== names.namespace || kept.logId !== row[1] || kept.databaseId !== row[2]) throw otherLog();
      return kept;
    }
    const [logId, databaseId] = [kept?.logId ?? randomUUID(), randomUUID()];
    // The server keeps only the last of these: what the first said of itself, where it stands, is said on.
    const began = kept === null ? {} : { began: positionOf(kept.began) };
    const data = Buffer.from(JSON.stringify({ bestendig: { log: logId, database: databaseId, ...began } }));
    const event = { id: randomUUID(), type: '$metadata', data, metadata: Buffer.from(''), json: true };
    const { outcome } = await server.append(names.metadataOf(TERM_STREAM), kept?.revision ?? -1, [event], DEADLINE_MS);
    if (outcome === 'conflict') continue;
    // Founded here, nobody can have sent it anything; taken over, somebody may have.
    const clean = kept === null;
    await client.query(
      `insert into event_log.log (namespace, log_id, database_id, turn, server_started, term)
        select $1, $2, $3, case when $4 then case when is_called then last_value else 0 end else -1 end, pg_postmaster_start_time(), -1 from event_log.turn`,
      [names.namespace, logId, databaseId, clean],
    );
    break;
  }
  const kept = await readIdentity(server, names);
  if (kept === null) throw new EventStoreError('unavailable', 'Others kept opening the same event log.');
  return kept;
}

/** @throws EventStoreError `otherLog` where another database has taken the log over. */
export async function requireOurs(server: ServerConnection, names: Names, databaseId: string): Promise<void> {
  const kept = await readIdentity(server, names);
  if (kept?.databaseId !== databaseId) throw otherLog();
}

async function readIdentity(server: ServerConnection, names: Names): Promise<(Identity & { readonly revision: number }) | null> {
  const [event] = (await server.readStream(names.metadataOf(TERM_STREAM), { fromRevision: null, backward: true, limit: 1, deadlineMs: DEADLINE_MS })) ?? [];
  return event === undefined ? null : { ...identityIn(event), revision: event.revision };
}

function identityIn(event: ServerEvent): Identity {
  try {
    const parsed = JSON.parse(event.data) as { readonly bestendig?: { readonly log?: unknown; readonly database?: unknown; readonly began?: unknown } };
    const { log, database, began } = parsed.bestendig ?? {};
    if (typeof log !== 'string' || typeof database !== 'string') throw otherLog();
    return { logId: log, databaseId: database, began: typeof began === 'string' ? parsePosition(began) : { commit: event.commit, prepare: event.prepare } };
  } catch (cause) {
    throw cause instanceof EventStoreError ? cause : otherLog();
  }
}

function otherLog(): EventStoreError {
  return new EventStoreError('otherLog', 'The EventStoreDB, or the namespace in it, holds another log than the one this database belongs to.');
}
