import { join } from 'node:path';
import { hrIngestSettings, runHrIngest } from '@bestendig/hr-ingest';
import { findKafka, startLocalKafka, type FoundKafka, type LocalKafka } from '@bestendig/local-kafka';
import { publisherSettings, runPublisher } from '@bestendig/publisher';
import { pause } from '@bestendig/reactions';
import { StandaloneError } from '../errors';
import type { Installation } from '../installation';
import { isFree } from './try-port';

/** HR facts in, placements out, beside the API in one process. */
export type KafkaEdges = {
  /** What its user is to know. */
  readonly text: string;
  /** Aborts with the reason when one of them ends without being asked to. */
  readonly failed: AbortSignal;
  stop(): Promise<void>;
};

const USUAL_PORT = 9092;
const LOOK_MS = 1_000;

/**
 * Runs hr-ingest and the publisher on the broker that KAFKA_BROKERS names, or on one of their own, started in the data folder.
 *
 * @throws KafkaError, HrIngestError and PublisherError `badSettings`
 */
export async function startKafkaEdges(installation: Installation, own: OwnBroker | null): Promise<KafkaEdges> {
  const broker = own === null ? null : await startBroker(own, installation.settings.dataFolder);
  const stopped = new AbortController();
  const failed = new AbortController();
  const { log, secret, settings } = installation;
  try {
    const environment = { ...process.env, DATABASE_URL: log.databaseUrl, BESTENDIG_SECRET: secret.toString('hex'), ...(broker === null ? {} : { KAFKA_BROKERS: broker.broker }) };
    const common = { eventStoreDb: settings.eventStoreDb, signal: stopped.signal, logLevel: settings.logLevel };
    const [ingest, publish] = [{ ...hrIngestSettings(environment), ...common }, { ...publisherSettings(environment), ...common }];
    const running = [runHrIngest(ingest), runPublisher(publish)];
    const keeping = broker === null ? null : keepRunning(broker, stopped.signal);
    for (const one of running) one.catch((error: unknown) => failed.abort(error));
    const stop = async (): Promise<void> => {
      stopped.abort();
      await Promise.allSettled(running);
      await keeping;
      await broker?.stop();
    };
    return { text: `Kafka at ${ingest.kafka.brokers.join(', ')}: facts in by ${ingest.factsTopic}, their outcomes on ${ingest.outcomesTopic}; out on ${publish.placementsTopic} and ${publish.stateTopic}.`, failed: failed.signal, stop };
  } catch (error) {
    await broker?.kill();
    throw error;
  }
}

/** A broker that died is started again on what it holds; where it cannot, hr-ingest and the publisher say that it is away. */
async function keepRunning(broker: LocalKafka, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await broker.start().catch(() => undefined);
    await pause(LOOK_MS, signal);
  }
}

/** What a broker of one's own is started from; `port` null: the usual one, or any that is free. */
export type OwnBroker = FoundKafka & { readonly port: number | null };

/** @throws StandaloneError `kafkaMissing`, `settingInvalid` */
export function ownBroker(environment: NodeJS.ProcessEnv): OwnBroker {
  const found = findKafka(environment);
  if ('missing' in found) throw new StandaloneError('kafkaMissing', `--kafka starts a broker of its own, but ${found.missing}.`);
  const asked = environment['KAFKA_PORT'] || '';
  if (!/^\d{0,5}$/.test(asked) || Number(asked) > 65_535) throw new StandaloneError('settingInvalid', 'KAFKA_PORT must be a number from 0 to 65535.');
  return { ...found, port: asked === '' ? null : Number(asked) };
}

async function startBroker({ port: asked, ...found }: OwnBroker, dataFolder: string): Promise<LocalKafka> {
  const port = asked ?? ((await isFree(USUAL_PORT)) ? USUAL_PORT : 0);
  console.log('Starting Kafka ...');
  return startLocalKafka({ ...found, folder: join(dataFolder, 'kafka'), ...(port === 0 ? {} : { port }) });
}
