import { applyDecorators, type Type } from '@nestjs/common';
import { conditionsOf, requireIfMatch } from './asked';
import { Checks, type Check } from './contract.guard';
import { ApiBody, ApiExtraModels, ApiHeader, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';

type About = {
  /** A body that is right, where the things it names are there. */
  readonly example: object;
  /** Class of the body, or the name of its schema where it has none. */
  readonly takes: string | Type;
  readonly ifMatch: boolean;
  readonly status?: 200 | 201;
  readonly result?: string;
  /** Rules over the body, where it has no class. */
  readonly checks?: readonly Check[];
};

/** What OpenAPI says of a command of a person: its two headers, its body and what it is answered with. */
export function DescribesCommand(summary: string, description: string, { example, takes, ifMatch, status = 200, result = 'CommandResult', checks = [] }: About): MethodDecorator {
  const decorators: MethodDecorator[] = [
    ApiOperation({ summary, description }),
    ApiHeader({ name: 'Idempotency-Key', required: true, description: 'the same command sent twice with one key is recorded once; another content under it is refused', example: '6f1c2f0e-4a55-4a39-8a8e-1b0f6f3d2c11', schema: { type: 'string', pattern: '^(?!reaction:)[A-Za-z0-9][A-Za-z0-9._:/+=#-]{0,199}$' } }), // prettier-ignore
    Checks((request) => conditionsOf(request).errors, ...(ifMatch ? [requireIfMatch] : []), ...checks),
    ApiResponse({ status, description: 'Recorded', schema: { $ref: `#/components/schemas/${result}` } }),
  ];
  if (ifMatch) decorators.push(ApiHeader({ name: 'If-Match', required: true, description: 'the ETag of the placement as it was seen, or *', example: '"3"', schema: { type: 'string' } }));
  const examples = { example: { value: example } };
  decorators.push(typeof takes === 'string' ? ApiBody({ required: true, schema: { $ref: `#/components/schemas/${takes}` }, examples }) : ApiBody({ required: true, type: takes, examples }));
  return applyDecorators(...decorators);
}

type Asking = {
  /** A body, and one that is right; without it there is none. */
  readonly body?: Type;
  readonly value?: object;
  readonly isOptional?: boolean;
  readonly status?: 200 | 202;
};

/** What OpenAPI says of a question. */
export function DescribesQuestion(summary: string, description: string, result: string, { body, value, isOptional = false, status = 200 }: Asking = {}): MethodDecorator {
  const takes = body === undefined ? [] : [ApiExtraModels(body), ApiBody({ required: !isOptional, schema: { $ref: getSchemaPath(body) }, examples: { example: { value } } })];
  return applyDecorators(
    ApiOperation({ summary, description }),
    ApiHeader({ name: 'Prefer', required: false, description: '`wait=N`: rather wait up to N seconds (60 at most) than be told that it is too early', example: 'wait=5', schema: { type: 'string' } }),
    ...takes,
    ApiResponse({ status, description: status === 200 ? 'The answer' : 'Asked for', schema: { $ref: `#/components/schemas/${result}` } }),
  );
}
