import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mayHoldBsn } from '@bestendig/hr-messages';
import { callerOf, type Token } from './callers';
import { ProblemError } from './problem';

export const CLOUD_EVENT = 'application/cloudevents+json';
export const CLOUD_EVENTS = 'application/cloudevents-batch+json';
export const JSON_BODY = 'application/json';

const MIB = 1024 * 1024;
/** A batch of 1,000 messages of 8 KiB fits. */
const BATCH_BYTES_MAX = 8 * MIB;
const BODY_BYTES_MAX = MIB / 4;

/** Which content type a path takes; each path takes one kind only. */
const takesCloudEvents = (path: string): boolean => path.startsWith('/v1/hr-facts');

/** The body, and the way in which it came: of HR facts, one or a batch. */
export function readBodies(server: FastifyInstance): void {
  const json = server.getDefaultJsonParser('error', 'error');
  const read = (type: string, cloudEvents: boolean, bodyLimit: number): void => {
    server.addContentTypeParser(type, { parseAs: 'string', bodyLimit }, (request, body, done) => {
      if (takesCloudEvents(pathOf(request)) !== cloudEvents) done(new ProblemError('unsupportedMediaType', 'Send the content type that openapi.json names for this path.'));
      else void json(request, typeof body === 'string' ? body : '', done);
    });
  };
  server.removeAllContentTypeParsers();
  read(JSON_BODY, false, BODY_BYTES_MAX);
  read(CLOUD_EVENT, true, BODY_BYTES_MAX);
  read(CLOUD_EVENTS, true, BATCH_BYTES_MAX);
}

/** The path without its query: what may be logged. */
export const pathOf = (request: Pick<FastifyRequest, 'url'>): string => request.url.split('?', 1)[0] ?? '';

const OPEN_PATHS = new Set(['/v1/openapi.json', '/v1/asyncapi.json', '/v1/health']);

/** Every path but those open to all needs a token, where there are tokens: also a path that does not exist. */
export function requireCaller(server: FastifyInstance, tokens: readonly Token[]): void {
  server.addHook('onRequest', async (request) => {
    if (!OPEN_PATHS.has(pathOf(request))) request.caller = callerOf(request.headers.authorization, tokens);
  });
}

/** Headers of the transport: addresses, versions and hashes that are full of digits, and of which nothing is kept. */
const TRANSPORT_HEADERS = new Set([
  'accept', 'accept-encoding', 'accept-language', 'authorization', 'cache-control', 'connection', 'content-length', 'content-type', 'cookie', 'date', 'dnt', 'expect',
  'forwarded', 'host', 'if-match', 'if-none-match', 'if-modified-since', 'keep-alive', 'origin', 'pragma', 'priority', 'referer', 'te', 'traceparent', 'tracestate', 'transfer-encoding',
  'upgrade-insecure-requests', 'user-agent', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-real-ip', 'x-request-id',
]); // prettier-ignore
/** Made by us, and opaque. */
const OUR_PARAMETERS = new Set(['cursor', 'minPosition']);

/**
 * Refuses whatever may hold a BSN, in body, query, path or header. HR facts are looked at one by one where they are
 * validated, so that one of them does not hurt the others.
 */
export function refuseBsn(server: FastifyInstance): void {
  server.addHook('preHandler', async (request) => {
    const headers = Object.entries(request.headers).filter(([name]) => !TRANSPORT_HEADERS.has(name) && !name.startsWith('sec-'));
    const query = Object.fromEntries(Object.entries(request.query ?? {}).filter(([name]) => !OUR_PARAMETERS.has(name)));
    // Under `data`, as in a message: where a field is typed for organisation numbers, such a number is one.
    const body = takesCloudEvents(pathOf(request)) ? null : { data: withoutOrigins(request) };
    const where = mayHoldBsn(headers) ? '#header' : mayHoldBsn({ data: query }) ? '#query' : mayHoldBsn(request.params) ? '#path' : mayHoldBsn(body) ? '' : null;
    if (where === null) return;
    throw new ProblemError('mayHoldBsn', 'The request was refused, and nothing of it was kept.', [{ pointer: where, code: 'mayHoldBsn', detail: 'may hold a BSN' }]);
  });
}

/** Origins are ours: an offset in one may have nine digits that pass the test. They are looked up, and not kept. */
function withoutOrigins({ body, url }: Pick<FastifyRequest, 'body' | 'url'>): unknown {
  return pathOf({ url }) === '/v1/intake/dead-letters/_redrive' && typeof body === 'object' && body !== null ? { ...body, origins: null } : body;
}
