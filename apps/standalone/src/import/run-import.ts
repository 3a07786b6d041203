import type { EventStore } from '@bestendig/event-store';
import { openPostgresEventStore } from '@bestendig/event-store';
import type { Intake } from '@bestendig/intake';
import { PlacementService, recordHrFacts } from '@bestendig/placement-application';
import type { Progress } from '../progress';
import { openHistoryInput, type HistoryInput } from './history-input';
import { LineRecorder, type Recording } from './line-recorder';
import { overlayLog } from './overlay-log';
import { recordAsReported } from './record-as-reported';
import { recordHistory } from './record-history';
import { RejectedLines } from './rejected-lines';
import { makeScratchDatabase } from './scratch-database';
import { makeSpoolFolder } from './spool-folder';
import { Summary } from './summary';

export type ImportOptions = {
  /** A path, or `-` for standard input. */
  readonly file: string;
  readonly dryRun: boolean;
  readonly asReported: boolean;
  readonly store: EventStore;
  readonly intake: Intake;
  readonly secret: Buffer;
  readonly databaseUrl: string;
  readonly dataFolder: string;
  readonly signal: AbortSignal;
  readonly show: (label: string, unit: string) => Progress;
};

export type ImportResult = { readonly summary: Summary; readonly rejectedFile: string | null; readonly seconds: number };

/**
 * Records a history file. It may be killed at any time and run again: each line has its first outcome, nothing is lost
 * or doubled. Memory does not grow with the file.
 * @throws StandaloneError, HistoryFileError, EventStoreError; the signal's reason when it aborts
 */
export async function runImport(options: ImportOptions): Promise<ImportResult> {
  const begun = performance.now();
  const spool = makeSpoolFolder(options.dataFolder);
  const shown: Progress[] = [];
  const show: ImportOptions['show'] = (...about) => {
    const progress = options.show(...about);
    shown.push(progress);
    return progress;
  };
  try {
    const input = await openHistoryInput({ file: options.file, folder: spool.path, progress: show('Checking the file', 'MB'), signal: options.signal });
    const rejected = new RejectedLines(input.rejectedFile);
    const summary = new Summary();
    await (options.dryRun ? judge : record)({ ...options, show }, { input, rejected, summary, folder: spool.path });
    return { summary, rejectedFile: rejected.any ? rejected.path : null, seconds: (performance.now() - begun) / 1_000 };
  } finally {
    // A bar that is left drawn hides the cursor and keeps the process from ending.
    for (const progress of shown) progress.stop();
    spool.remove();
  }
}

/** Ends an unfinished run of --as-reported of this file: what it recorded stays, and others may record again. */
export async function giveUp({ file, store, dataFolder, signal, show }: Pick<ImportOptions, 'file' | 'store' | 'dataFolder' | 'signal' | 'show'>): Promise<void> {
  const spool = makeSpoolFolder(dataFolder);
  try {
    const { digest } = await openHistoryInput({ file, folder: spool.path, progress: show('Checking the file', 'MB'), signal });
    await store.endAsReported(digest, 'givenUp');
  } finally {
    spool.remove();
  }
}

type Work = { readonly input: HistoryInput; readonly rejected: RejectedLines; readonly summary: Summary; readonly folder: string };

async function record(options: ImportOptions, work: Work): Promise<void> {
  const { store, intake, secret, asReported } = options;
  const { digest } = work.input;
  const service = new PlacementService({ store, secret });
  const begun = asReported ? await store.beginAsReported(digest) : null;
  await recordLines(options, work, {
    recordHrFacts: (facts) => service.recordHrFacts(facts, asReported ? { asReported: { run: digest } } : {}),
    knownDeliveries: (origins) => intake.byOrigins(origins),
    keep: (rows) => intake.record(rows),
  });
  if (begun === 'begun' || begun === 'resumed') await store.endAsReported(digest, 'finished');
}

/** The same outcomes, in a scratch database on top of what is stored; nothing is stored. */
async function judge(options: ImportOptions, work: Work): Promise<void> {
  const { store, intake, secret, asReported } = options;
  const { digest } = work.input;
  // Where something is stored this only asks, and refuses as the import itself would.
  const stored = (await store.headPosition()) !== null;
  if (asReported && stored) await store.beginAsReported(digest);
  const scratch = await makeScratchDatabase(options.databaseUrl);
  try {
    const above = await openPostgresEventStore({ databaseUrl: scratch.url });
    try {
      if (asReported) await above.beginAsReported(digest);
      const log = stored ? overlayLog(store, above) : above;
      await recordLines(options, work, {
        recordHrFacts: (facts) => recordHrFacts(log, secret, facts, asReported ? { asReported: { run: digest } } : {}),
        knownDeliveries: (origins) => intake.byOrigins(origins),
        keep: () => Promise.resolve(),
      });
    } finally {
      await above.close();
    }
  } finally {
    await scratch.drop();
  }
}

async function recordLines({ secret, signal, asReported, show }: ImportOptions, { input, rejected, summary, folder }: Work, recording: Recording): Promise<void> {
  const recorder = new LineRecorder(recording, summary, rejected);
  try {
    const shared = { input, digestKey: secret, recorder, signal };
    if (asReported) {
      const begun = `${new Date().toISOString().slice(0, -1)}000Z`;
      await recordAsReported({ ...shared, folder, begun, reading: show('Reading and sorting', 'lines'), recording: show('Recording', 'facts') });
    } else await recordHistory({ ...shared, progress: show('Importing', 'lines') });
  } finally {
    rejected.close();
  }
}
