import { createApi, parseTokens, requireSafeHost, type ApiOptions } from '@bestendig/api';
import { openEventStore, type EventStore } from '@bestendig/event-store';
import { openIntake, type Intake } from '@bestendig/intake';
import { claimServer } from '@bestendig/local-postgres';
import { openReadStore, type Difference, type ReadStore } from '@bestendig/read-store';
import { StandaloneError } from '../errors';
import type { Installation } from '../installation';
import { startProjectorThread } from '../projector-thread';
import { differenceLine } from '../rebuild/difference-line';

/** The one server process of an installation: stores and projector, and the API once it is opened. */
export type Server = {
  readonly store: EventStore;
  readonly intake: Intake;
  readonly readStore: ReadStore;
  /** Aborts with the reason when a part ends without being asked to. */
  readonly failed: AbortSignal;
  /** Opens the API, which runs the reactions too. Gives its address. */
  openApi(): Promise<string>;
  close(): Promise<void>;
};

/** @throws StandaloneError `alreadyServed`; what a part throws that cannot start */
export async function startServer(installation: Installation): Promise<Server> {
  const { databaseUrl, log, lost } = installation;
  const options = apiOptions(installation);
  const failed = new AbortController();
  const claim = await claimServer(databaseUrl, (reason) => failed.abort(reason));
  if ('heldBy' in claim) throw new StandaloneError('alreadyServed', `Bestendig already runs on this database${claim.heldBy === '' ? ' (it is just starting)' : `: ${claim.heldBy}`}.`);
  const closing: (() => Promise<unknown>)[] = [() => claim.owner.release().catch(() => undefined)];
  const close = async () => {
    for (let one = closing.pop(); one !== undefined; one = closing.pop()) await one();
  };
  try {
    const store = await openEventStore(log);
    closing.push(() => store.close());
    const intake = await openIntake(databaseUrl);
    closing.push(() => intake.close());
    const readStore = await openReadStore(databaseUrl, { maxConnections: 2 });
    closing.push(() => readStore.close());
    const projector = startProjectorThread(log, installation.settings.rebuildApproval, tellWaiting);
    closing.push(() => projector.stop());
    const openApi = async () => {
      const api = await createApi(options);
      closing.push(() => api.close());
      await claim.owner.announce(api.url);
      return api.url;
    };
    return { store, intake, readStore, failed: AbortSignal.any([failed.signal, projector.failed, lost]), openApi, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** To whoever started a new version: until then questions are answered with 503. */
function tellWaiting(differences: readonly Difference[]): void {
  console.log('\nThis version of the program makes other rows of the same facts than the live read models hold:');
  for (const difference of differences) console.log(differenceLine(difference));
  console.log('They are made and wait: npm run projections -- approve switches to them. The version before goes on with its own when it is started again.');
}

/** What the API will be opened with. What cannot work is said before anything is begun. */
function apiOptions({ log: { databaseUrl, eventStoreDb }, secret, settings: { host, port, apiTokens, logLevel } }: Installation): ApiOptions {
  const tokens = apiTokens === undefined ? [] : parseTokens(apiTokens);
  requireSafeHost(host, tokens);
  return { databaseUrl, eventStoreDb, secret, host, port, logLevel, tokens };
}
