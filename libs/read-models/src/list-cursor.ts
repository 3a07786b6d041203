import { isInstant, type Instant } from '@bestendig/event-store';

/**
 * Where a list goes on. It carries the moment of the first page, so that all pages are of one answer. Opaque to callers,
 * but not secret.
 */
export type ListCursor = {
  readonly knownAt: Instant;
  /** The key of the last row given. */ readonly after: readonly string[];
};

export const cursorText = ({ knownAt, after }: ListCursor): string =>
  Buffer.from(JSON.stringify([knownAt, ...after])).toString('base64url');

/** Null where a text is no cursor of such a list: `keys` are the patterns of its key's parts. */
export function readCursor(text: string, keys: readonly RegExp[]): ListCursor | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== keys.length + 1) return null;
  const [knownAt, ...after]: readonly unknown[] = parts;
  if (typeof knownAt !== 'string' || !isInstant(knownAt)) return null;
  const read = after.map((part, index) => (typeof part === 'string' && keys[index]?.test(part) === true ? part : null));
  const whole = read.filter((part) => part !== null);
  return whole.length === keys.length ? { knownAt, after: whole } : null;
}

/** A page of a list. `next` null: there is no more. */
export type ListPage<Item> = { readonly items: readonly Item[]; readonly next: ListCursor | null };

/** One row more than asked was read: it says whether there is a next page. */
export function pageOf<Item>(
  rows: readonly Item[],
  limit: number,
  knownAt: Instant,
  keyOf: (item: Item) => readonly string[],
): ListPage<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? { knownAt, after: keyOf(last) } : null };
}
