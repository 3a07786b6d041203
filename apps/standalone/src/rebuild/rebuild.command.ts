import { openPostgresEventStore } from '@bestendig/event-store';
import { rebuild, type RebuildProgress } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import type { Command } from 'commander';
import { withInstallation } from '../installation';
import { interruption } from '../interruption';
import { duration, showProgress, whole, type Progress } from '../progress';
import { readSettings } from '../settings';
import { startPartThreads } from './part-threads';

/** Adds `rebuild` to the program's commands. */
export function addRebuildCommand(program: Command): void {
  program
    .command('rebuild')
    .description('make all read models anew from the events, compare them with the live ones, and switch')
    .addHelpText('after', '\nQuestions are answered from the live read models meanwhile. One that was stopped or killed goes on when it is run again.')
    .action(runRebuild);
}

const STEPS = { plan: 'Planning', fold: 'Folding', index: 'Indexing', catchUp: 'Catching up', verify: 'Comparing' } as const satisfies { [step in RebuildProgress['step']]: string };

async function runRebuild(): Promise<void> {
  const signal = interruption();
  await withInstallation(readSettings(process.env), async ({ databaseUrl, lost }) => {
    const store = await openPostgresEventStore({ databaseUrl });
    const begun = performance.now();
    const progress = new StepProgress();
    const stopped = AbortSignal.any([signal, lost]);
    const folders = startPartThreads(databaseUrl);
    try {
      const result = await rebuild({ set: READ_MODELS, store, databaseUrl, folders, signal: stopped, onProgress: (told) => progress.show(told) });
      progress.stop();
      if (result.outcome === 'givenUp') throw stopped.reason;
      const seconds = (performance.now() - begun) / 1_000;
      console.log(`Rebuilt from ${whole(result.events)} facts in ${duration(seconds)} (${whole(result.events / seconds)}/s): ${COMPARED[result.compared]}.`);
      for (const { table, rows, sum } of result.checksum) console.log(`  ${table.padEnd(14)} ${whole(rows).padStart(11)} rows   checksum ${sum}`);
    } finally {
      progress.stop();
      await folders.close();
      await store.close();
    }
  });
}

/** One bar per step. */
class StepProgress {
  private current: { readonly step: RebuildProgress['step']; readonly progress: Progress } | null = null;

  show({ step, events, eventsInAll }: RebuildProgress): void {
    if (this.current?.step !== step) {
      this.stop();
      this.current = { step, progress: showProgress({ label: STEPS[step], unit: 'facts' }) };
    }
    this.current?.progress.update(events, eventsInAll ?? events, events);
  }

  stop(): void {
    this.current?.progress.stop();
    this.current = null;
  }
}

const COMPARED = {
  sameAsLive: 'the same rows as live, switched',
  otherDefinition: 'the definitions had changed, so there was nothing to compare with; switched',
  firstBuild: 'nothing was live before; switched',
} as const;
