import type { ClientBase } from 'pg';

/** Runs `work` in a transaction of this connection: all of it is kept, or nothing. */
export async function inTransaction<Result>(client: ClientBase, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // On a lost connection the server rolls back by itself.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
