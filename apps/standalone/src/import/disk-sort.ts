import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** `key` decides the order, as text; equal keys stay in the order given. Neither may hold a line break or a tab. */
export type Keyed = { readonly key: string; readonly text: string };

/** Held in memory while a run of sorted records is collected. */
const RUN_CHARS_MAX = 24 * 1024 * 1024;
/** Runs merged at once: each holds one read buffer. More runs than that are merged in rounds. */
const MERGED_AT_ONCE_MAX = 128;
const CHUNK_BYTES = 64 * 1024;

export type DiskSortOptions = { readonly folder: string; readonly runCharsMax?: number; readonly mergedAtOnceMax?: number };

/**
 * Sorts any number of records in constant memory (one run, then one buffer per merged run), on disk in `folder`, which the
 * caller removes. What fits in one run never touches the disk. Disk needed: about the size of the records, twice that
 * where there are more runs than are merged at once.
 */
export async function sortOnDisk(records: AsyncIterable<Keyed>, { folder, runCharsMax = RUN_CHARS_MAX, mergedAtOnceMax = MERGED_AT_ONCE_MAX }: DiskSortOptions): Promise<AsyncIterable<string>> {
  let files: string[] = [];
  let run: Keyed[] = [];
  let chars = 0;
  let made = 0;
  const nextFile = () => join(folder, `run-${made++}`);
  for await (const record of records) {
    run.push(record);
    chars += record.key.length + record.text.length;
    if (chars < runCharsMax) continue;
    files.push(await writeRun(nextFile(), sorted(run)));
    [run, chars] = [[], 0];
  }
  if (files.length === 0) return textsOf(sorted(run));
  if (run.length > 0) files.push(await writeRun(nextFile(), sorted(run)));
  while (files.length > mergedAtOnceMax) {
    const merged: string[] = [];
    // Neighbours are merged in order, so that equal keys stay in the order given.
    for (let at = 0; at < files.length; at += mergedAtOnceMax) merged.push(await writeRun(nextFile(), merge(files.slice(at, at + mergedAtOnceMax))));
    files = merged;
  }
  return textsOf(merge(files));
}

/** Stable, as every sort of JavaScript. */
function sorted(run: Keyed[]): readonly Keyed[] {
  return run.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

async function* textsOf(records: Iterable<Keyed> | AsyncIterable<Keyed>): AsyncIterable<string> {
  for await (const { text } of records) yield text;
}

async function writeRun(file: string, records: Iterable<Keyed> | AsyncIterable<Keyed>): Promise<string> {
  const out = await open(file, 'w', 0o600);
  try {
    let chunk = '';
    for await (const { key, text } of records) {
      chunk += `${key}\t${text}\n`;
      if (chunk.length < CHUNK_BYTES) continue;
      await out.writeFile(chunk);
      chunk = '';
    }
    await out.writeFile(chunk);
  } finally {
    await out.close();
  }
  return file;
}

type Source = { head: Keyed; readonly number: number; readonly rest: AsyncIterator<Keyed> };

/** Merges sorted files and removes them. */
async function* merge(files: readonly string[]): AsyncIterable<Keyed> {
  const heap: Source[] = [];
  for (const [number, file] of files.entries()) {
    const rest = readRun(file)[Symbol.asyncIterator]();
    const first = await rest.next();
    if (first.done !== true) push(heap, { head: first.value, number, rest });
  }
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    yield top.head;
    const next = await top.rest.next();
    if (next.done === true) removeTop(heap);
    else top.head = next.value;
    sink(heap);
  }
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

async function* readRun(file: string): AsyncIterable<Keyed> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: CHUNK_BYTES }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const tab = line.indexOf('\t');
      yield { key: line.slice(0, tab), text: line.slice(tab + 1) };
    }
  }
}

const before = (a: Source, b: Source): boolean => a.head.key < b.head.key || (a.head.key === b.head.key && a.number < b.number);

function push(heap: Source[], source: Source): void {
  heap.push(source);
  for (let at = heap.length - 1; at > 0; ) {
    const parent = (at - 1) >> 1;
    if (!swapIf(heap, at, parent)) return;
    at = parent;
  }
}

function removeTop(heap: Source[]): void {
  const last = heap.pop();
  if (heap.length > 0 && last !== undefined) heap[0] = last;
}

function sink(heap: Source[]): void {
  for (let at = 0; ; ) {
    const left = 2 * at + 1;
    const right = left + 1;
    const [l, r] = [heap[left], heap[right]];
    if (l === undefined) return;
    const child = r !== undefined && before(r, l) ? right : left;
    if (!swapIf(heap, child, at)) return;
    at = child;
  }
}

/** Puts the source at `lower` above the one at `upper` where it comes first. */
function swapIf(heap: Source[], lower: number, upper: number): boolean {
  const [a, b] = [heap[lower], heap[upper]];
  if (a === undefined || b === undefined || !before(a, b)) return false;
  heap[lower] = b;
  heap[upper] = a;
  return true;
}
