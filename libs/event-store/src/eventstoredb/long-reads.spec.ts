import type { ServerEvent } from './connection';
import { LongReads, type EventSource } from './long-reads';

const BATCH = 4;
const FILTER = { on: 'stream', prefixes: ['a'] } as const;

/** A log of so many events, read in batches; how often a call was made, and what a call does instead when it is told to. */
function logOf(length: number) {
  const log = Array.from({ length }, (_, at): ServerEvent => ({ stream: 's', revision: at, type: 'T', data: '{}', metadata: '{}', commit: BigInt(at), prepare: BigInt(at) }));
  const state = { calls: 0, failing: false, silent: false, grow: (): void => void log.push({ ...log[0], revision: log.length, commit: BigInt(log.length), prepare: BigInt(log.length) } as ServerEvent) };
  const reads = new LongReads(({ from, limit, backward }): EventSource => {
    state.calls += 1;
    const start = from === null ? 0 : Number(from.commit);
    const all = backward ? log.slice(0, from === null ? undefined : start).reverse() : log.slice(start);
    const found = all.slice(0, limit);
    return {
      next: async () => {
        if (state.failing) throw new Error('connection lost');
        if (state.silent) return new Promise(() => undefined);
        return found.length === 0 ? null : found.splice(0, BATCH);
      },
    };
  });
  const read = (from: number | null, limit: number, backward = false) =>
    reads.read({ from: from === null ? null : { commit: BigInt(from), prepare: BigInt(from) }, limit, backward, filter: FILTER, deadlineMs: 50 });
  return { state, read };
}

const revisions = (read: { readonly events: readonly ServerEvent[] } | null) => read?.events.map(({ revision }) => revision);
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('pages that go on from one another come out of one call, and end where the log does', async () => {
  const { state, read } = logOf(20);
  expect(revisions(await read(null, 7))).toEqual(upTo(0, 6));
  expect(revisions(await read(6, 6))).toEqual(upTo(6, 11));
  expect(revisions(await read(11, 2))).toEqual([11, 12]);
  expect(state.calls).toBe(1);
  const last = await read(12, 100);
  expect([revisions(last), last?.whole]).toEqual([upTo(12, 19), true]);
  expect(state.calls).toBe(2);
});

test('what came after a call had ended is there too', async () => {
  const { state, read } = logOf(9);
  await read(null, 7);
  state.grow();
  expect(revisions(await read(6, 100))).toEqual(upTo(6, 9));
});

test('a page that begins elsewhere, or goes towards the start, is read by a call of its own', async () => {
  const { state, read } = logOf(12);
  await read(null, 5);
  expect(revisions(await read(7, 3))).toEqual([7, 8, 9]);
  expect(revisions(await read(5, 3, true))).toEqual([4, 3, 2]);
  expect(revisions(await read(4, 3))).toEqual([4, 5, 6]);
  expect(state.calls).toBe(3);
});

test('a call that breaks gives what it brought; another is made, and where that breaks too nothing was read', async () => {
  const { state, read } = logOf(30);
  await read(null, 4);
  state.failing = true;
  const cut = await read(3, 100);
  expect([revisions(cut), cut?.whole]).toEqual([upTo(3, 7), false]);
  expect(await read(7, 4)).toBeNull();
});

test('a server that says nothing is waited for until the deadline', async () => {
  const { state, read } = logOf(12);
  await read(null, 4);
  state.silent = true;
  expect(await read(11, 4)).toEqual({ events: [], whole: false });
});
