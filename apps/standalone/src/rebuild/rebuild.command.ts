import { openEventStore, type EventStore, type OpenOptions } from '@bestendig/event-store';
import { estimateRebuild, rebuild, type RebuildResult } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import type { Command } from 'commander';
import { withInstallation } from '../installation';
import { interruption } from '../interruption';
import { duration, whole } from '../progress';
import { readSettings } from '../settings';
import { differenceLine } from './difference-line';
import { partThreadCount, rebuildCopyFolder, startPartThreads } from '@bestendig/projector';
import { StepProgress } from './step-progress';

type Flags = { readonly verify: boolean; readonly approve: boolean; readonly dryRun: boolean; readonly fromStore: boolean };

/** Adds `rebuild` to the program's commands. */
export function addRebuildCommand(program: Command): void {
  program
    .command('rebuild')
    .description('make all read models anew from the events, compare them with the live ones, and switch')
    .option('--verify', 'compare only: live is left as it is, and what was made is removed', false)
    .option('--approve', 'switch also where the new rows differ from the live ones: look at what differs first (--verify, or a run without this)', false)
    .option('--dry-run', 'say what there is to do and how long it may take, and do nothing', false)
    .option('--from-store', 'fold the log itself, and no copy of it (REBUILD_FROM=store)', false)
    .addHelpText('after', '\nQuestions are answered from the live read models meanwhile; while some are asked, or facts recorded, half of the threads work half of the time. One that was stopped or killed goes on when it is run again.')
    .action(runRebuild);
}

async function runRebuild({ verify, approve, dryRun, fromStore }: Flags): Promise<void> {
  const signal = interruption();
  await withInstallation(readSettings(process.env), async ({ databaseUrl, log, lost }) => {
    const store = await openEventStore(log);
    try {
      if (dryRun) await tellEstimate(store, databaseUrl);
      else await rebuildHere({ store, log, onlyVerify: verify, approve, fromStore, signal: AbortSignal.any([signal, lost]) });
    } finally {
      await store.close();
    }
  });
}

type Here = { readonly store: EventStore; readonly log: OpenOptions; readonly onlyVerify: boolean; readonly approve: boolean; readonly fromStore?: boolean; readonly signal: AbortSignal };

/** Makes the read models anew in this process, with progress. */
export async function rebuildHere({ store, log, onlyVerify, approve, fromStore = false, signal }: Here): Promise<void> {
  const begun = performance.now();
  const progress = new StepProgress();
  const folders = startPartThreads(log, { copyFolder: fromStore ? null : rebuildCopyFolder(log, process.env) });
  try {
    const result = await rebuild({ set: READ_MODELS, store, databaseUrl: log.databaseUrl, folders, onlyVerify, approve, signal, onProgress: (told) => progress.show(told) });
    progress.stop();
    if (result.outcome === 'givenUp') throw signal.reason;
    if (result.outcome !== 'isLive') tellResult(result, (performance.now() - begun) / 1_000);
  } finally {
    progress.stop();
    await folders.close();
  }
}

function tellResult({ outcome, compared, events, checksum, differences }: Extract<RebuildResult, { readonly compared: unknown }>, seconds: number): void {
  console.log(`Rebuilt from ${whole(events)} facts in ${duration(seconds)} (${whole(events / seconds)}/s): ${COMPARED[compared]}; ${THEN[outcome]}.`);
  for (const { table, rows, sum } of checksum) console.log(`  ${table.padEnd(14)} ${whole(rows).padStart(11)} rows   checksum ${sum}`);
  for (const difference of differences) console.log(differenceLine(difference));
}

const THEN = {
  switched: 'switched',
  verified: 'live was left as it was',
  awaitsApproval: 'live was left as it was until somebody approves what differs (npm run projections -- approve) or removes the new ones (cancel)',
} as const;

const COMPARED = {
  sameAsLive: 'the same rows as live',
  otherThanLive: 'other rows than live, as approved',
  otherDefinition: 'made by other definitions than live',
  firstBuild: 'nothing was live before',
} as const;

async function tellEstimate(store: EventStore, databaseUrl: string): Promise<void> {
  const { placements, events, eventsPerSecond } = await estimateRebuild({ set: READ_MODELS, store, databaseUrl });
  const threads = partThreadCount();
  console.log(`A rebuild would fold ${events === null ? 'the facts' : `${whole(events)} facts`} of ${whole(placements)} placements on ${threads} threads. Nothing was done.`);
  if (events !== null && eventsPerSecond > 0) console.log(`One thread folds about ${whole(eventsPerSecond)} facts/s here now: folding would take about ${duration(events / eventsPerSecond / threads)}; loading, indexing and comparing come on top.`);
}
