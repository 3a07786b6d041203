import { Injectable, SetMetadata, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum';
import type { FastifyRequest } from 'fastify';
import { onlyLacksIfMatch } from './asked';
import { errorsOf } from './checked';
import { ProblemError, type FieldError } from './problem';

/** A rule over a request that no class of a parameter can say. */
export type Check = (request: FastifyRequest) => readonly FieldError[];

const CHECKS = 'bestendig:checks';
/** More rules for one path, told together with those of its parameters' classes. */
export const Checks = (...checks: readonly Check[]): MethodDecorator => SetMetadata(CHECKS, checks);

const PLACES: readonly { readonly type: RouteParamtypes; readonly at: string; readonly of: (request: FastifyRequest) => unknown }[] = [
  { type: RouteParamtypes.PARAM, at: '#path/', of: ({ params }) => params },
  { type: RouteParamtypes.QUERY, at: '#query/', of: ({ query }) => query },
  { type: RouteParamtypes.BODY, at: '/', of: ({ body }) => body },
];

/** Tells all that is wrong with a request at once: path, query, headers and body. Nest's pipes would stop at the first. */
@Injectable()
export class ContractGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const handler = context.getHandler();
    const classes = parameterClasses(context.getClass(), handler.name);
    const errors = PLACES.flatMap(({ type, at, of }) => classes.filter((one) => one.type === type).flatMap(({ dto }) => errorsOf(dto, of(request), at)));
    const checks: readonly Check[] = Reflect.getMetadata(CHECKS, handler) ?? [];
    errors.push(...checks.flatMap((check) => check(request)));
    if (errors.length === 0) return true;
    if (onlyLacksIfMatch(errors)) throw new ProblemError('preconditionRequired', 'Say which revision you have seen: If-Match: "<revision>", the ETag of the placement.', errors);
    throw new ProblemError('invalid', 'The request does not follow the contract.', errors);
  }
}

/** The classes by which Nest was told to read the parameters of a method; what has no class of ours is not here. */
function parameterClasses(controller: Type, method: string): readonly { readonly type: number; readonly dto: Type<object> }[] {
  const places: Readonly<Record<string, { readonly index: number }>> = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {};
  const types: readonly unknown[] = Reflect.getMetadata('design:paramtypes', controller.prototype, method) ?? [];
  return Object.entries(places).flatMap(([key, { index }]) => {
    const dto = types[index];
    return isClass(dto) ? [{ type: Number(key.split(':', 1)[0]), dto }] : [];
  });
}

const isClass = (type: unknown): type is Type<object> => typeof type === 'function' && type !== Object && type !== String && type !== Array;
