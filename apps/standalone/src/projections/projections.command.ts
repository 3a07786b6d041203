import { openPostgresEventStore } from '@bestendig/event-store';
import { cancelRebuild, rollBack, statusOf, type ProjectionStatus } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { openReadStore } from '@bestendig/read-store';
import type { Command } from 'commander';
import { withInstallation } from '../installation';
import { whole } from '../progress';
import { readSettings } from '../settings';
import { addQuarantineCommands } from './quarantine.command';

/** Adds `projections` to the program's commands: what an operator does about them. */
export function addProjectionsCommand(program: Command): void {
  const projections = program.command('projections').description('how far the read models are, and what to do about them');
  projections.command('list').description('each build of the read models: its state, its version, how far it is, how much is in quarantine').action(list);
  projections.command('roll-back').description('make the build that was live before live again, once it holds what live holds').action(goBack);
  projections.command('cancel').description('end a rebuild that runs, or remove one that was left unfinished').action(cancel);
  addQuarantineCommands(projections);
}

async function list(): Promise<void> {
  await withInstallation(readSettings(process.env), async ({ databaseUrl }) => {
    const store = await openPostgresEventStore({ databaseUrl });
    const readStore = await openReadStore(databaseUrl);
    try {
      const builds = await statusOf(READ_MODELS, readStore, store);
      if (builds.length === 0) console.log('Nothing has been built yet: npm start builds them.');
      for (const build of builds) console.log(lineOf(build));
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

async function goBack(): Promise<void> {
  await withInstallation(readSettings(process.env), async ({ databaseUrl }) => {
    const store = await openPostgresEventStore({ databaseUrl });
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
