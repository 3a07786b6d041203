import { resolve } from 'node:path';
import { EventStoreError, eventStoreSettings, type EventStoreSettings } from '@bestendig/event-store';
import type { Approval } from '@bestendig/projection-engine';
import { StandaloneError } from './errors';

/** What the environment says. */
export type Settings = {
  readonly dataFolder: string;
  readonly databaseUrl: string | undefined;
  /** Where the log is, where it is not in the database. */
  readonly eventStoreDb: EventStoreSettings['eventStoreDb'];
  readonly host: string;
  readonly port: number;
  /** As given; the API reads it. */
  readonly apiTokens: string | undefined;
  readonly secret: Buffer | undefined;
  readonly logLevel: string;
  /** Whether somebody is to approve where a new version's rows differ from those of the version before. */
  readonly rebuildApproval: Approval;
};

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Every variable, as `--help` shows it. */
export const ENVIRONMENT_HELP = `
Environment (a variable that is empty counts as not set):
  BESTENDIG_DATA    data folder: the embedded PostgreSQL, the secret key, spooled files (default: .bestendig here)
  DATABASE_URL      your own PostgreSQL 18 (postgres://user:password@host:port/database) instead of the embedded one;
                    an import --dry-run makes a database of its own there for as long as it runs, where it may
  EVENT_STORE       postgresql (default): the log is in that PostgreSQL too; eventstoredb: it is in an EventStoreDB or KurrentDB,
                    and the PostgreSQL holds the rest (docs/choosing-a-store.md)
  EVENTSTOREDB_URL  esdb://user:password@host:port?tls=true, or what else the server's own clients take
  EVENTSTOREDB_NAMESPACE
                    letters and digits before every stream's name, where several logs share a cluster (default: none)
  BESTENDIG_SECRET  64 hex digits: the key from which ids of persons and jobs are derived, in place of the file
                    secret.key in the data folder, which the first command makes (keep either in your backup: without it
                    nothing new can be joined to what is there)
  PORT              port of the API (default: 8080; 0: any that is free)
  HOST              address the API listens on (default: 127.0.0.1); another one only where API_TOKENS is set
  API_TOKENS        who may use the API, token:actor:organisation with commas between (organisation: oin:<20 digits>),
                    or the same as JSON; without it: everybody on this machine
  REBUILD_APPROVAL  required (default): where a new version of this program makes other rows of the same facts, it shows
                    what differs and waits for npm run projections -- approve; automatic: it switches by itself
  REBUILD_FROM      what a rebuild folds: copy (default where the log is in EventStoreDB), a copy of the log on this machine's disk, which is checked against
                    the events' hashes and gone afterwards; store (default where it is in PostgreSQL), the log itself
  REBUILD_FOLDER    where that copy is made (default: rebuild in the data folder)
  KAFKA_BROKERS     host:port with commas between: start takes HR facts from that Kafka and publishes placements to it; with
                    KAFKA_TLS, KAFKA_SASL_MECHANISM, KAFKA_USERNAME, KAFKA_PASSWORD (docs/integrate.md, infra/kafka)
  KAFKA_HOME        folder with libs/ of Apache Kafka, and KAFKA_PORT (default: 9092 where free): for start --kafka
  LOG_LEVEL         what the API logs: ${LOG_LEVELS.join(', ')} (default: warn)
`;

/** @throws StandaloneError `settingInvalid`, which names the variable and never repeats its value */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  // An empty variable is one that is not set: so it comes from compose files and CI.
  const given = (name: string) => (environment[name] === '' ? undefined : environment[name]);
  checkRebuildFrom(given('REBUILD_FROM'));
  return {
    dataFolder: resolve(given('BESTENDIG_DATA') ?? '.bestendig'),
    databaseUrl: checkDatabaseUrl(given('DATABASE_URL')),
    eventStoreDb: eventStoreOf({ EVENT_STORE: given('EVENT_STORE'), EVENTSTOREDB_URL: given('EVENTSTOREDB_URL'), EVENTSTOREDB_NAMESPACE: given('EVENTSTOREDB_NAMESPACE') }),
    host: given('HOST') ?? '127.0.0.1',
    port: portOf(given('PORT') ?? '8080'),
    apiTokens: given('API_TOKENS'),
    secret: secretOf(given('BESTENDIG_SECRET')),
    rebuildApproval: approvalOf(given('REBUILD_APPROVAL') ?? 'required'),
    logLevel: logLevelOf(given('LOG_LEVEL') ?? 'warn'),
  };
}

/** @throws StandaloneError `settingInvalid` */
export function eventStoreOf(given: Parameters<typeof eventStoreSettings>[0]): EventStoreSettings['eventStoreDb'] {
  try {
    return eventStoreSettings(given).eventStoreDb;
  } catch (error) {
    throw error instanceof EventStoreError ? new StandaloneError('settingInvalid', error.message) : error;
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new StandaloneError('settingInvalid', 'PORT must be a number from 0 to 65535.');
  return port;
}

function logLevelOf(text: string): string {
  if (!LOG_LEVELS.includes(text)) throw new StandaloneError('settingInvalid', `LOG_LEVEL must be one of: ${LOG_LEVELS.join(', ')}.`);
  return text;
}

function approvalOf(text: string): Approval {
  if (text !== 'required' && text !== 'automatic') throw new StandaloneError('settingInvalid', 'REBUILD_APPROVAL must be required or automatic.');
  return text;
}

/** Whoever starts a rebuild reads it. */
function checkRebuildFrom(text: string | undefined): void {
  if (text !== undefined && text !== 'copy' && text !== 'store') throw new StandaloneError('settingInvalid', 'REBUILD_FROM must be copy or store.');
}

function secretOf(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  if (!SECRET.test(text)) throw new StandaloneError('settingInvalid', 'BESTENDIG_SECRET must be 64 hex digits.');
  return Buffer.from(text, 'hex');
}

/** 32 bytes as text. */
export const SECRET = /^[0-9a-f]{64}$/i;

function checkDatabaseUrl(url: string | undefined): string | undefined {
  if (url !== undefined && !/^postgres(ql)?:\/\//.test(url)) throw new StandaloneError('settingInvalid', 'DATABASE_URL must begin with postgres:// or postgresql://.');
  return url;
}
