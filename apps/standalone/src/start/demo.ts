import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { DEMO_HISTORY, generateHistory } from '../generate/generate-history';
import { runImport } from '../import/run-import';
import type { Installation } from '../installation';
import { showProgress, whole } from '../progress';
import { appliedEvents, waitForReadModels } from '../read-side';
import type { Server } from './server';

const show = (label: string, unit: string) => showProgress({ label, unit });

/** Fills an empty store with a synthetic history, going on where an earlier start was stopped; waits for the read models. */
export async function fillWithDemo(server: Server, installation: Installation, placements: number, signal: AbortSignal): Promise<void> {
  const folder = join(installation.settings.dataFolder, 'demo');
  const file = join(folder, 'history.csv');
  // The file stays until all of it is recorded: with it there, a demo was begun here and not ended.
  const begun = await exists(file);
  if (!begun && (await server.store.headPosition()) !== null) {
    console.log('The store holds data already: nothing is imported.');
    return followed(server, signal, 0);
  }
  console.log(begun ? 'The import of the synthetic history goes on.' : `A synthetic history of ${whole(placements)} placements is made and imported.`);
  if (!begun) await writeHistory(folder, file, placements);
  await importHistory(server, installation, file, signal);
  await rm(folder, { recursive: true, force: true });
}

async function importHistory(server: Server, { secret, databaseUrl, settings: { dataFolder } }: Installation, file: string, signal: AbortSignal): Promise<void> {
  const { store, intake } = server;
  const before = await appliedEvents(server.readStore);
  const result = await runImport({ file, dryRun: false, asReported: true, store, intake, secret, databaseUrl, dataFolder, signal, show });
  await followed(server, signal, before + result.summary.of('accepted') + result.summary.of('parked'));
  console.log(result.summary.text({ ...result, dryRun: false }));
}

function followed({ store, readStore }: Server, signal: AbortSignal, expected: number): Promise<void> {
  return waitForReadModels({ store, readStore, signal, progress: show('Read models', 'facts'), expected });
}

async function writeHistory(folder: string, file: string, placements: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = `${file}.draft`;
  const out = createWriteStream(draft);
  let chunk = '';
  for (const line of generateHistory({ ...DEMO_HISTORY, placements })) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARS) continue;
    if (!out.write(chunk)) await once(out, 'drain');
    chunk = '';
  }
  out.end(chunk);
  await once(out, 'finish');
  await rename(draft, file);
}

const CHUNK_CHARS = 64 * 1024;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
