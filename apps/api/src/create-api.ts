import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as PinoLogger } from 'nestjs-pino';
import { instantOf, openEventStore, type EventStoreSettings, type OpenOptions } from '@bestendig/event-store';
import { openIntake } from '@bestendig/intake';
import { PlacementService, placementReactions } from '@bestendig/placement-application';
import { runReactions } from '@bestendig/reactions';
import { openReadStore } from '@bestendig/read-store';
import { ApiModule } from './api.module';
import { readBodies, refuseBsn, requireCaller } from './bodies';
import { requireSafeHost, type Token } from './callers';
import { refuseOtherMethods } from './known-paths';
import { describeApi } from './openapi';
import { ApiDescription } from './operations/openapi.controller';
import { answerBadPath, problemOf } from './problem.filter';
import { Resources } from './resources';
import { setResponseHeaders } from './response-headers';

export type ApiOptions = {
  readonly databaseUrl: string;
  /** Where the log is, where it is not in that database. */
  readonly eventStoreDb?: EventStoreSettings['eventStoreDb'];
  /** 32 bytes that keep external keys out of the log. */
  readonly secret: Buffer;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Without tokens the host must be this machine. See parseTokens. */
  readonly tokens?: readonly Token[];
  /** pino's level; by default `info`. */
  readonly logLevel?: string;
};

export type RunningApi = { readonly url: string; close(): Promise<void> };

/**
 * Opens the stores, starts the reactions and listens. The projector is the caller's to run: without it the read models
 * stay as they are.
 *
 * @throws AccessError `loopbackOnly` for another host than this machine while there are no tokens
 */
export async function createApi(options: ApiOptions): Promise<RunningApi> {
  const { databaseUrl, eventStoreDb = null, secret, host, port, tokens = [] } = options;
  requireSafeHost(host, tokens);
  const opened = await open({ databaseUrl, eventStoreDb }, secret);
  const stop = new AbortController();
  try {
    const app = await build(opened, tokens, options.logLevel ?? 'info');
    await app.listen(port, host);
    const logger = app.get(PinoLogger);
    const { store, intake } = opened;
    const reactions = runReactions({
      ...{ store, databaseUrl, right: 'reactions', reactions: placementReactions(store, intake), signal: stop.signal },
      onFailure: (reaction, error) => logger.error(failureOf(reaction, error)),
    });
    const close = async (): Promise<void> => {
      await app.close();
      stop.abort();
      await reactions;
      await closeAll(opened);
    };
    return { url: urlOf(app.getHttpServer().address(), host), close: once(close) };
  } catch (error) {
    stop.abort();
    await closeAll(opened);
    throw error;
  }
}

async function open(log: OpenOptions, secret: Buffer): Promise<Resources> {
  const { databaseUrl } = log;
  const store = await openEventStore(log);
  const [intake, readStore] = await Promise.all([openIntake(databaseUrl), openReadStore(databaseUrl)]);
  const now = (): string => instantOf(BigInt(Date.now()) * 1000n);
  return new Resources(store, new PlacementService({ store, secret }), intake, readStore, secret, now);
}

async function closeAll({ store, intake, readStore }: Resources): Promise<void> {
  await Promise.all([intake.close(), readStore.close()]);
  await store.close();
}

/** For whoever runs it. By name only: what an error says may hold what was sent. */
export function failureOf(reaction: string, error: unknown): string {
  if (problemOf(error).code === 'unavailable') return `A store cannot be reached now. What follows from recorded facts (${reaction}) waits, and goes on by itself.`;
  return `A defect (${error instanceof Error ? error.name : 'unknown'}) in what follows from recorded facts (${reaction}). It is tried again.`;
}

/** The application without its port; tests of the API's description need no more. */
export async function build(resources: Resources, tokens: readonly Token[], logLevel: string): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ genReqId: () => randomUUID(), forceCloseConnections: 'idle', routerOptions: { ignoreTrailingSlash: false }, frameworkErrors: answerBadPath });
  const server = adapter.getInstance<FastifyInstance>();
  setResponseHeaders(server);
  requireCaller(server, tokens);
  refuseOtherMethods(server);
  refuseBsn(server);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.of(resources, logLevel), adapter, { bufferLogs: true, bodyParser: false, abortOnError: false });
  readBodies(server);
  app.useLogger(app.get(PinoLogger));
  app.get(ApiDescription).document = describeApi(app);
  return app;
}

function urlOf(address: AddressInfo | string | null, host: string): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Closing twice is closing once. */
function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | null = null;
  return () => (closing ??= close());
}
