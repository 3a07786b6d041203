import { openEventStore, type EventStore } from '@bestendig/event-store';
import { openIntake } from '@bestendig/intake';
import { serverOf } from '@bestendig/local-postgres';
import { openReadStore } from '@bestendig/read-store';
import type { Command } from 'commander';
import { withInstallation, type Installation } from '../installation';
import { interruption } from '../interruption';
import { showProgress } from '../progress';
import { startProjectorThread } from '../projector-thread';
import { appliedEvents, waitForReadModels } from '../read-side';
import { readSettings } from '../settings';
import { giveUp, runImport, type ImportResult } from './run-import';

type Flags = { readonly asReported: boolean; readonly dryRun: boolean; readonly giveUp: boolean };

/** Adds `import` to the program's commands. */
export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('record a history file (CSV or NDJSON, told by its content)')
    .argument('<file>', 'the file; - for standard input')
    .option('--dry-run', 'say what would happen to each line, FILE.rejected.csv included, and store nothing', false)
    .option('--as-reported', 'on an empty store: the store has known each fact since the line’s own time (reportedAt)', false)
    .option('--give-up', 'end an unfinished --as-reported import of this file: what it recorded stays', false)
    .addHelpText('after', HELP)
    .action((file: string, flags: Flags) => importFile(file, flags));
}

const HELP = `
Every line is accepted, a duplicate, parked (it waits for other facts) or refused. Refused lines are told in
FILE.rejected.csv (stdin.rejected.csv here for -), by line, field and reason, never with a value. An import that was
stopped or killed goes on when it is run again: nothing is lost or doubled, and the summary is the same. The read models
are up to date when it ends. Exit code 0 when all lines were dealt with, refused ones included.`;

async function importFile(file: string, flags: Flags): Promise<void> {
  const signal = interruption();
  await withInstallation(readSettings(process.env), async (installation) => {
    const store = await openEventStore(installation.log);
    try {
      await importInto(store, installation, { file, flags, signal: AbortSignal.any([signal, installation.lost]) });
    } finally {
      await store.close();
    }
  });
}

type Work = { readonly file: string; readonly flags: Flags; readonly signal: AbortSignal };

const show = (label: string, unit: string) => showProgress({ label, unit });

async function importInto(store: EventStore, installation: Installation, { file, flags, signal }: Work): Promise<void> {
  const { databaseUrl, secret, settings } = installation;
  const { dataFolder } = settings;
  if (flags.giveUp) {
    await giveUp({ file, store, dataFolder, signal, show });
    console.log('The import was given up. What it recorded stays; others may record again.');
    return;
  }
  const intake = await openIntake(databaseUrl);
  try {
    const work = (stopped: AbortSignal) =>
      runImport({ file, dryRun: flags.dryRun, asReported: flags.asReported, store, intake, secret, databaseUrl, dataFolder, show, signal: stopped });
    const result = flags.dryRun ? await work(signal) : await withReadModels(store, installation, signal, work);
    console.log(result.summary.text({ ...result, dryRun: flags.dryRun }));
  } finally {
    await intake.close();
  }
}

/** Does the work while the read models follow, by the server's projector or our own, and waits until they hold all of it. */
async function withReadModels(store: EventStore, { databaseUrl, log }: Installation, signal: AbortSignal, work: (signal: AbortSignal) => Promise<ImportResult>): Promise<ImportResult> {
  const projector = (await serverOf(databaseUrl)) === null ? startProjectorThread(log) : null;
  const readStore = await openReadStore(databaseUrl, { maxConnections: 1 });
  const stopped = projector === null ? signal : AbortSignal.any([signal, projector.failed]);
  try {
    const before = await appliedEvents(readStore);
    const result = await work(stopped);
    const expected = before + result.summary.of('accepted') + result.summary.of('parked');
    await waitForReadModels({ store, readStore, signal: stopped, progress: show('Read models', 'facts'), expected });
    return result;
  } finally {
    await readStore.close();
    await projector?.stop();
  }
}
