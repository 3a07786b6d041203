import { openEventStore, type EventStore, type OpenOptions, type RawEvent } from '@bestendig/event-store';
import { serverOf } from '@bestendig/local-postgres';
import { forgetReactions } from '@bestendig/reactions';
import { READ_MODELS } from '@bestendig/read-models';
import { forgetBuilds } from '@bestendig/read-store';
import { Option, type Command } from 'commander';
import { StandaloneError } from '../errors';
import { withInstallation, type Installation } from '../installation';
import { interruption } from '../interruption';
import { duration, showProgress, whole } from '../progress';
import { rebuildHere } from '../rebuild/rebuild.command';
import { eventStoreOf, readSettings } from '../settings';

const BATCH_EVENTS = 1_000;

/** Adds `restore` to the program's commands. */
export function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description('copy the whole log of another event store into this one, which holds nothing yet, and make the read models from it')
    .addOption(new Option('--from <store>', 'where it is copied from').choices(['postgresql', 'eventstoredb']).makeOptionMandatory())
    .addHelpText('after', HELP)
    .action(({ from }: { readonly from: string }) => restore(from));
}

const HELP = `
The copy has the same events in the same order, with the same times and hashes; each is checked before it is kept. One that
was stopped or killed goes on when it is run again. From postgresql: the log in FROM_DATABASE_URL, or in this installation's own
database where EVENT_STORE=eventstoredb. From eventstoredb: the log at EVENTSTOREDB_URL (EVENTSTOREDB_NAMESPACE). The ledger of what
became of each message stays in the database that it is in: into another database it comes with that one's backup.`;

async function restore(from: string): Promise<void> {
  const signal = interruption();
  await withInstallation(readSettings(process.env), async (installation) => {
    const { databaseUrl, log, lost } = installation;
    if ((await serverOf(databaseUrl)) !== null) throw new StandaloneError('serverRuns', 'A server runs on this database: stop it first.');
    const there = sourceOf(from, installation);
    if (there.databaseUrl !== databaseUrl && (await serverOf(there.databaseUrl)) !== null) throw new StandaloneError('serverRuns', 'A server runs on the store to copy from: stop it first, so that nothing is recorded there meanwhile.');
    const [source, store] = [await openEventStore(there), await openEventStore(log)];
    try {
      const stopped = AbortSignal.any([signal, lost]);
      await copyLog(source, store, databaseUrl, stopped);
      await rebuildHere({ store, log, onlyVerify: false, approve: true, signal: stopped });
    } finally {
      await store.close();
      await source.close();
    }
  });
}

/** @throws StandaloneError `settingInvalid` where the log would be copied onto itself */
function sourceOf(from: string, { databaseUrl, log }: Installation): OpenOptions {
  const own = process.env['FROM_DATABASE_URL'] || databaseUrl;
  if (from === 'eventstoredb') {
    if (log.eventStoreDb !== null) throw new StandaloneError('settingInvalid', 'The log is in that EventStoreDB already: restore into a PostgreSQL (EVENT_STORE=postgresql).');
    return { databaseUrl, eventStoreDb: eventStoreOf({ ...process.env, EVENT_STORE: 'eventstoredb' }) };
  }
  if (own === databaseUrl && log.eventStoreDb === null) throw new StandaloneError('settingInvalid', 'Set FROM_DATABASE_URL to the PostgreSQL to copy from.');
  return { databaseUrl: own, eventStoreDb: null };
}

/** Of the last event of a log: what stores write for themselves is no part of it. */
async function lastHashOf(store: EventStore): Promise<string | null> {
  const { events } = await store.readAll(null, { direction: 'backward', limit: 1 });
  return events[0]?.hash ?? null;
}

async function copyLog(source: EventStore, store: EventStore, databaseUrl: string, signal: AbortSignal): Promise<void> {
  const [first] = await source.readRaw(null, 1);
  if (first === undefined) throw new StandaloneError('nothingToRestore', 'The store to copy from holds nothing.');
  if ((await lastHashOf(store)) === (await lastHashOf(source))) return console.log('The log was copied before.');
  const begun = performance.now();
  const progress = showProgress({ label: 'Copying the log', unit: 'events' });
  let read = 0;
  const batches = async function* (): AsyncGenerator<readonly RawEvent[]> {
    // Positions in the other store mean nothing here: what was made by them is made anew. Only now: the store has agreed.
    await forgetBuilds(databaseUrl, READ_MODELS.name);
    await forgetReactions(databaseUrl);
    for (let batch: readonly RawEvent[] = [first]; batch.length > 0; batch = await source.readRaw(batch.at(-1)?.position ?? null, BATCH_EVENTS)) {
      signal.throwIfAborted();
      read += batch.length;
      progress.update(read, read + 1, read);
      yield batch;
    }
  };
  try {
    const { restored } = await store.restore(batches(), { run: `copy of ${first.hash}` });
    progress.stop();
    const seconds = (performance.now() - begun) / 1_000;
    console.log(`Copied ${whole(restored)} events in ${duration(seconds)} (${whole(restored / seconds)}/s); ${whole(read - restored)} were there already. Every hash and chain was checked.`);
  } finally {
    progress.stop();
  }
}
