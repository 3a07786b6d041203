import { InvalidArgumentError, type Command } from 'commander';
import { DEMO_HISTORY, PLACEMENTS_MAX } from '../generate/generate-history';
import { withInstallation, type Installation } from '../installation';
import { InterruptedError, interruption } from '../interruption';
import { readSettings } from '../settings';
import type { KafkaEdges, OwnBroker } from './kafka';
import type { Server } from './server';
import { tryPort } from './try-port';

/** Adds `start` to the program's commands. */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('run Bestendig: database, projector and API, until Ctrl-C')
    .option('--demo [placements]', 'on an empty store: import a synthetic history (of 20000 placements), then show figures from it', demoSize)
    .option('--kafka', 'with HR facts in and placements out by Kafka, on the broker that KAFKA_BROKERS names, or else one started for it (needs Java 17 and KAFKA_HOME: infra/kafka)')
    .action(({ demo, kafka = false }: { readonly demo?: number | true; readonly kafka?: boolean }) => start({ demo: demo === true ? DEMO_HISTORY.placements : demo, kafka }));
}

/** `demo`: how many placements; undefined where no demo was asked for. `kafka`: on a broker of one's own. */
type Asked = { readonly demo: number | undefined; readonly kafka: boolean };

function demoSize(text: string): number {
  const placements = Number(text);
  if (!/^\d{1,8}$/.test(text) || placements < 1 || placements > PLACEMENTS_MAX) throw new InvalidArgumentError(`not a number of placements, 1 to ${PLACEMENTS_MAX}`);
  return placements;
}

async function start(asked: Asked): Promise<void> {
  const interrupted = interruption();
  // Asked before the database is started: nobody waits for that to hear what is missing.
  const broker = asked.kafka && (process.env['KAFKA_BROKERS'] ?? '') === '' ? (await import('./kafka')).ownBroker(process.env) : null;
  await withInstallation(readSettings(process.env), async (installation) => {
    // Loaded here: the other commands need nothing of what the API brings along.
    const { startServer } = await import('./server');
    const server = await startServer(installation);
    const stopped = AbortSignal.any([interrupted, server.failed]);
    try {
      await serve(server, installation, asked, broker, stopped);
    } catch (error) {
      // Ctrl-C is how this command ends, also in the middle of the demo.
      if (!(stopped.reason instanceof InterruptedError)) throw error;
    } finally {
      console.log('Stopping.');
      await server.close();
    }
  });
}

async function serve(server: Server, installation: Installation, { demo }: Asked, broker: OwnBroker | null, stopped: AbortSignal): Promise<void> {
  const { settings, databaseUrl } = installation;
  await tryPort(settings.host, settings.port);
  console.log(settings.databaseUrl === undefined ? `Data folder: ${settings.dataFolder} (PostgreSQL on port ${new URL(databaseUrl).port})` : 'Database: that of DATABASE_URL');
  // Before the API is opened: its reactions have nothing to do while a history is imported.
  if (demo !== undefined) {
    const { fillWithDemo } = await import('./demo');
    await fillWithDemo(server, installation, demo, stopped);
  }
  const url = await server.openApi();
  if (demo !== undefined) {
    const { showFigures, showQuestions } = await import('./show-figures');
    await showFigures(server);
    showQuestions(url, settings.apiTokens !== undefined);
  }
  const edges = broker !== null || (process.env['KAFKA_BROKERS'] ?? '') !== '' ? await startEdges(installation, broker) : null;
  try {
    console.log(`\nBestendig is up: ${url}   Ctrl-C stops it.`);
    if (edges !== null) console.log(edges.text);
    await untilStopped(edges === null ? stopped : AbortSignal.any([stopped, edges.failed]));
  } finally {
    await edges?.stop();
  }
}

async function startEdges(installation: Installation, own: OwnBroker | null): Promise<KafkaEdges> {
  const { startKafkaEdges } = await import('./kafka');
  return startKafkaEdges(installation, own);
}

/** @throws the reason, where it is not that its user asked for it */
function untilStopped(stopped: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => (stopped.reason instanceof InterruptedError ? resolve() : reject(stopped.reason as Error));
    if (stopped.aborted) end();
    else stopped.addEventListener('abort', end, { once: true });
  });
}
