import type { ClientBase } from 'pg';
import { tablesOf, type ProjectionSet } from './projection';

/** Of one table: its rows, and the sum modulo 2^128 of their hashes (as two sums modulo 2^64). The order of rows does not matter. */
export type TableChecksum = { readonly table: string; readonly rows: number; readonly sum: string };

/**
 * What two builds are compared by: equal where both hold the same rows. Only builds in one server may be compared, in
 * one session: the hash is PostgreSQL's own, over the row's text.
 */
export async function checksumOf(
  client: ClientBase,
  set: ProjectionSet,
  schema: string,
): Promise<readonly TableChecksum[]> {
  const sums: TableChecksum[] = [];
  for (const { name } of tablesOf(set)) {
    const { rows } = await client.query<{ rows: number; sum: string }>(
      `select count(*)::float8 as rows, ${hashSum(0)} || '-' || ${hashSum(1)} as sum from ${schema}.${name} t`,
    );
    const found = rows[0];
    if (found !== undefined) sums.push({ table: name, ...found });
  }
  return sums;
}

/** Hashes are signed; the sum is brought to 0 .. 2^64 - 1. */
const hashSum = (seed: number): string => {
  const sum = `coalesce(sum(hashtextextended(t::text, ${seed})::numeric), 0)`;
  return `(mod(mod(${sum}, 18446744073709551616) + 18446744073709551616, 18446744073709551616))::text`;
};

export const sameChecksum = (a: readonly TableChecksum[], b: readonly TableChecksum[]): boolean =>
  a.length === b.length &&
  a.every(({ table, rows, sum }, index) => b[index]?.table === table && b[index].rows === rows && b[index].sum === sum);
