import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openPostgresEventStore, type EventStore, type NewEvent, type Position, type StreamWrite } from '@bestendig/event-store';
import { openIntake, type Intake } from '@bestendig/intake';
import { openReadStore, type ReadStore } from '@bestendig/read-store';
import { generateHistory, NO_PROGRESS, runImport, startProjectorThread, waitForReadModels, type Progress } from '@bestendig/standalone';
import { benchArgs, closeBench, peakMiB, perSecond, withBenchPostgres, type Measure } from './bench';

const FACTS_AIM = 5_000;
const HEAP_AIM = 1.5;
const SEED = 4;
/** Lines that the generator gives per placement, at least: enough placements for any size. */
const LINES_PER_PLACEMENT = 5;
const BATCH = 1_000;

/** The file is cut in as many parts as there are rounds; the import of a part and the append of what it recorded alternate. */
async function main(): Promise<void> {
  const { size, rounds } = benchArgs({ name: 'import', counts: 'lines of the history file, imported in as many parts as there are rounds', size: 200_000, rounds: 4 });
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-bench-import-'));
  try {
    const parts = writeParts(folder, size, rounds);
    closeBench(await withBenchPostgres((makeDatabase) => measure(parts, size, folder, makeDatabase)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Part = { readonly file: string; readonly lines: number };

function writeParts(folder: string, size: number, rounds: number): readonly Part[] {
  const lines = generateHistory({ placements: Math.ceil(size / LINES_PER_PLACEMENT) + 100, seed: SEED });
  let header: string | null = null;
  const parts: Part[] = [];
  let [open, count, left] = [-1, 0, size];
  for (const line of lines) {
    if (line.startsWith('#')) continue;
    if (header === null) {
      header = line;
      continue;
    }
    if (open < 0) {
      open = openSync(join(folder, `part-${parts.length}.csv`), 'w');
      writeSync(open, `${header}\n`);
      count = 0;
    }
    writeSync(open, `${line}\n`);
    if (++count < Math.ceil(size / rounds) && --left > 0) continue;
    closeSync(open);
    parts.push({ file: join(folder, `part-${parts.length}.csv`), lines: count });
    open = -1;
    if (parts.length === rounds || left <= 0) return parts;
  }
  throw new Error('The generator gave too few lines.');
}

type Bench = { readonly databaseUrl: string; readonly folder: string; readonly store: EventStore; readonly intake: Intake; readonly readStore: ReadStore; readonly heap: HeapWatch };

async function measure(parts: readonly Part[], size: number, folder: string, makeDatabase: () => Promise<string>): Promise<readonly Measure[]> {
  const databaseUrl = await makeDatabase();
  const store = await openPostgresEventStore({ databaseUrl });
  const bare = await openPostgresEventStore({ databaseUrl: await makeDatabase() });
  const bench: Bench = { databaseUrl, folder, store, intake: await openIntake(databaseUrl), readStore: await openReadStore(databaseUrl), heap: new HeapWatch(size) };
  const projector = startProjectorThread({ databaseUrl, eventStoreDb: null });
  let [importSeconds, bareSeconds, events] = [0, 0, 0];
  let from: Position | null = null;
  for (const [index, part] of parts.entries()) {
    const rate = await perSecond(part.lines, () => importPart(bench, part));
    importSeconds += part.lines / rate;
    const reference = await appendBare(store, bare, from);
    from = await store.headPosition();
    bareSeconds += reference.seconds;
    events += reference.events;
    console.log(`part ${index + 1}: ${Math.round(rate)} facts/s imported; ${Math.round(reference.events / reference.seconds)} events/s appended bare; heap ${bench.heap.atEnd} MiB`);
  }
  const heapAtEnd = bench.heap.atEnd;
  const deliveries = (await bench.intake.counts()).reduce((sum, { count }) => sum + count, 0);
  if (deliveries !== size) throw new Error(`${deliveries} deliveries in the ledger, ${size} lines sent.`);
  await projector.stop();
  await Promise.all([bench.intake.close(), bench.readStore.close(), store.close(), bare.close()]);
  const value = size / importSeconds;
  const reference = events / bareSeconds;
  const heapBefore = bench.heap.atATenth;
  return [
    { bench: 'import', size, unit: 'facts/s', value, reference: { name: 'bare append of the same events in batches of 1,000', value: reference }, ratio: value / reference, aim: FACTS_AIM / reference, met: value >= FACTS_AIM, peakMiB: peakMiB() },
    { bench: 'import heap', size, unit: 'MiB at the end', value: heapAtEnd, reference: { name: 'MiB at a tenth of the way', value: heapBefore }, ratio: heapAtEnd / heapBefore, aim: HEAP_AIM, met: heapAtEnd <= HEAP_AIM * heapBefore, peakMiB: peakMiB() },
  ]; // prettier-ignore
}

/** As `npm run import` does: until the read models hold all of it. */
async function importPart({ databaseUrl, folder, store, intake, readStore, heap }: Bench, { file, lines }: Part): Promise<void> {
  const { signal } = new AbortController();
  const show = (label: string): Progress => (label === 'Importing' ? { update: (_done, _total, count) => heap.look(count), stop: () => undefined } : NO_PROGRESS);
  const { summary } = await runImport({ file, dryRun: false, asReported: false, store, intake, secret: Buffer.alloc(32, 1), databaseUrl, dataFolder: folder, signal, show });
  await waitForReadModels({ store, readStore, signal, progress: NO_PROGRESS, expected: 0 });
  heap.partDone(lines);
  if (summary.lines !== lines || summary.of('accepted') < 0.9 * lines) throw new Error(`Of ${lines} lines (${statSync(file).size} bytes) not all were recorded: ${summary.lines}.`);
}

/** A function of its own, so that what it holds is gone when the next part's heap is looked at. */
async function appendBare(store: EventStore, bare: EventStore, from: Position | null): Promise<{ readonly events: number; readonly seconds: number }> {
  const { count, batches } = await recordedSince(store, from);
  return { events: count, seconds: count / (await perSecond(count, () => appendAll(bare, batches))) };
}

/** What the import recorded, as appends of 1,000 events. */
async function recordedSince(store: EventStore, position: Position | null): Promise<{ readonly count: number; readonly batches: readonly (readonly StreamWrite[])[] }> {
  const batches: StreamWrite[][] = [];
  let count = 0;
  for (let from = position; ; ) {
    const page = await store.readAll(from, { limit: BATCH });
    if (page.next === null) return { count, batches };
    const byStream = new Map<string, NewEvent[]>();
    for (const { id, type, schemaVersion, data, stream, position: _p, knownTime: _k, revision: _r, recordedAt: _t, asReported: _a, previousHash: _h, hash: _s, ...meta } of page.events) {
      byStream.set(stream, [...(byStream.get(stream) ?? []), { id, type, schemaVersion, data, meta }]);
    }
    batches.push([...byStream].map(([stream, events]) => ({ stream, expected: 'ANY', events })));
    count += page.events.length;
    from = page.next;
    if (page.atHead) return { count, batches };
  }
}

async function appendAll(store: EventStore, batches: readonly (readonly StreamWrite[])[]): Promise<void> {
  for (const writes of batches) await store.append(writes);
}

/** Heap in use, after collecting what is not: at a tenth of the way, and at the end of the part imported last. */
class HeapWatch {
  atATenth = 0;
  atEnd = 0;
  private done = 0;
  private readonly collect: () => void;

  constructor(private readonly size: number) {
    setFlagsFromString('--expose-gc');
    this.collect = runInNewContext('gc') as () => void;
  }

  private now(): number {
    this.collect();
    return Math.round((process.memoryUsage().heapUsed / 1024 / 1024) * 10) / 10;
  }

  /** `lines` of the part that is being imported. */
  look(lines: number): void {
    if (this.atATenth === 0 && this.done + lines >= this.size / 10) this.atATenth = this.now();
  }

  partDone(lines: number): void {
    this.done += lines;
    this.atEnd = this.now();
  }
}

void main();
