import { quarantinedOf, redrive } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import type { ReadStore } from '@bestendig/read-store';
import { InvalidArgumentError, type Command } from 'commander';
import { whole } from '../progress';
import { withReadStore } from './with-read-store';

const PAGE_PLACEMENTS = 1_000;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Adds to `projections` what an operator does about placements in quarantine. */
export function addQuarantineCommands(projections: Command): void {
  projections
    .command('quarantined')
    .description('the placements whose facts make a projection fail: which fact, why, and when it is tried again')
    .action(() => withReadStore(list));
  projections
    .command('re-drive')
    .argument('[placement...]', 'ids of placements; all that are in quarantine where none is named', idsOf)
    .description('have the projector try placements in quarantine again at once')
    .action((placementIds: readonly string[] | undefined) =>
      withReadStore(async (readStore) => {
        const count = await redrive(READ_MODELS, readStore, placementIds ?? null);
        console.log(`${whole(count)} in quarantine ${count === 1 ? 'is' : 'are'} tried again as soon as a projector runs.`);
      }),
    );
}

async function list(readStore: ReadStore): Promise<void> {
  let after: string | null = null;
  do {
    const page = await quarantinedOf(READ_MODELS, readStore, { after, limit: PAGE_PLACEMENTS });
    if (after === null && page.items.length === 0) console.log('No placement is in quarantine.');
    for (const { placementId, eventId, eventType, knownTime, error, attempts, retryAt } of page.items)
      console.log(`${placementId}  ${eventType} ${eventId} of ${knownTime}  ${error}  tried ${whole(attempts)} times since, next at ${retryAt}`);
    after = page.next;
  } while (after !== null);
}

function idsOf(id: string, before: readonly string[] = []): readonly string[] {
  if (!UUID.test(id)) throw new InvalidArgumentError('A placement is named by its id, a UUID in lower case.');
  return [...before, id];
}
