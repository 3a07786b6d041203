import { openEventStore } from '@bestendig/event-store';
import { approveRebuild, cancelRebuild, rebuildStatusOf, requestRebuild, rollBack, statusOf, type ProjectionStatus, type RebuildStatus } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { openReadStore } from '@bestendig/read-store';
import type { Command } from 'commander';
import { withInstallation } from '../installation';
import { duration, whole } from '../progress';
import { differenceLine } from '../rebuild/difference-line';
import { readSettings } from '../settings';
import { addQuarantineCommands } from './quarantine.command';
import { withReadStore } from './with-read-store';

const REBUILDS_SHOWN = 5;

/** Adds `projections` to the program's commands: what an operator does about them. */
export function addProjectionsCommand(program: Command): void {
  const projections = program.command('projections').description('how far the read models are, and what to do about them');
  projections.command('list').description('each build of the read models: its state, its version, how far it is, how much is in quarantine').action(list);
  projections.command('rebuild').description('have the server that runs make all read models anew beside the live ones (npm run rebuild does it here and now)').option('--verify', 'compare only', false).action(ask);
  projections.command('approve').description('agree to how the rows of a new version differ from live: the server switches to them').action(approve);
  projections.command('roll-back').description('make the build that was live before live again, once it holds what live holds').action(goBack);
  projections.command('cancel').description('end a rebuild that runs, or remove one that was left unfinished').action(cancel);
  addQuarantineCommands(projections);
}

async function list(): Promise<void> {
  await withInstallation(readSettings(process.env), async ({ databaseUrl, log }) => {
    const store = await openEventStore(log);
    const readStore = await openReadStore(databaseUrl);
    try {
      const builds = await statusOf(READ_MODELS, readStore, store);
      if (builds.length === 0) console.log('Nothing has been built yet: npm start builds them.');
      for (const build of builds) console.log(lineOf(build));
      for (const asked of await rebuildStatusOf(READ_MODELS, readStore, REBUILDS_SHOWN)) console.log(rebuildLines(asked).join('\n'));
    } finally {
      await readStore.close();
      await store.close();
    }
  });
}

function lineOf({ name, state, schema, version, isCurrentVersion, appliedEvents, quarantined, lag }: ProjectionStatus): string {
  const behind = lag === null ? 'not followed up' : lag.events === 0 ? 'up to date' : `${lag.atLeast ? 'at least ' : ''}${whole(lag.events)} facts behind, for ${lag.seconds.toFixed(1)} s`;
  return `${name}  ${state.padEnd(8)}  ${schema}  version ${version}${isCurrentVersion ? '' : ' (another than this program\'s)'}  ${whole(appliedEvents)} facts, ${behind}${quarantined === 0 ? '' : `, ${whole(quarantined)} placements in quarantine`}`;
}

function rebuildLines({ number, state, step, events, eventsInAll, eventsPerSecond, secondsLeft, result, onlyVerify }: RebuildStatus): readonly string[] {
  const far = state === 'running' && events !== null ? `: ${step}, ${whole(events)}${eventsInAll === null ? '' : ` of ${whole(eventsInAll)}`} facts` : '';
  const rate = state === 'running' && eventsPerSecond !== null ? `, ${whole(eventsPerSecond)}/s${secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`}` : '';
  const why = result?.message === undefined ? '' : `: ${result.message}`;
  const differences = result?.differences ?? [];
  return [`${onlyVerify ? 'comparison' : 'rebuild'} ${number}  ${WORDS[state]}${far}${rate}${why}`, ...differences.map(differenceLine)];
}

const WORDS: Readonly<Record<RebuildStatus['state'], string>> = {
  requested: 'asked for: a server that runs carries it out',
  running: 'runs',
  stopped: 'was stopped, and goes on where it was when it is run again',
  awaitsApproval: 'waits for approval (npm run projections -- approve) of what differs from live',
  switched: 'was switched to',
  verified: 'compared, and live was left as it was',
  differs: 'gave other rows than live, which was left as it was',
  cancelled: 'was cancelled',
};

async function ask({ verify }: { readonly verify: boolean }): Promise<void> {
  await withReadStore(async (readStore) => {
    const { number } = await requestRebuild(READ_MODELS, readStore, { onlyVerify: verify, approved: false });
    console.log(`Asked for as number ${number}: npm run projections -- list says how far it is.`);
  });
}

async function approve(): Promise<void> {
  await withReadStore(async (readStore) => {
    const { number } = await approveRebuild(READ_MODELS, readStore);
    console.log(`Approved: the server switches to rebuild ${number} within seconds. Where none runs: npm run rebuild -- --approve.`);
  });
}

async function goBack(): Promise<void> {
  await withInstallation(readSettings(process.env), async ({ databaseUrl, log }) => {
    const store = await openEventStore(log);
    try {
      const { schema } = await rollBack({ set: READ_MODELS, store, databaseUrl });
      console.log(`${schema} is live again. The one that was live is kept: the same command goes back to it.`);
    } finally {
      await store.close();
    }
  });
}

async function cancel(): Promise<void> {
  await withInstallation(readSettings(process.env), async ({ databaseUrl }) => {
    const wasThere = await cancelRebuild({ set: READ_MODELS, databaseUrl });
    console.log(wasThere ? 'The build that was being made is gone; live is as it was.' : 'No rebuild runs or was left unfinished.');
  });
}
