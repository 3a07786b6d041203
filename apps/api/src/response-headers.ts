import type { FastifyInstance } from 'fastify';

/** The API's version (semver): in a header of every answer and in openapi.json. */
export const API_VERSION = '1.0.0';

/** NLGov API Design Rules, transport security module; and: what an answer says is true of one moment, so nobody keeps it. */
export const HEADERS: Readonly<Record<string, string>> = {
  'api-version': API_VERSION,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/** On every answer, also of what no route takes. */
export function setResponseHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(HEADERS);
  });
}
