import type { FastifyInstance } from 'fastify';
import { pathOf } from './bodies';
import { ProblemError } from './problem';

type Route = { readonly method: string; readonly parts: readonly string[] };

/** A path that is there for other methods only is answered 405, with them in Allow. */
export function refuseOtherMethods(server: FastifyInstance): void {
  const routes: Route[] = [];
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, parts: url.split('/') });
  });
  server.addHook('onRequest', async (request, reply) => {
    const allowed = request.is404 ? methodsOf(routes, pathOf(request)) : [];
    if (allowed.length === 0) return;
    reply.header('allow', allowed.join(', '));
    throw new ProblemError('methodNotAllowed', 'This path takes other methods only: see the header Allow.');
  });
}

function methodsOf(routes: readonly Route[], path: string): readonly string[] {
  const asked = path.split('/');
  const leadsThere = ({ parts }: Route) => parts.length === asked.length && parts.every((part, i) => part === asked[i] || (part.startsWith(':') && asked[i] !== ''));
  return [...new Set(routes.filter(leadsThere).map(({ method }) => method))].sort();
}
