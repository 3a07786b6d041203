import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { LoggerModule } from 'nestjs-pino';
import { AnswerInterceptor } from './answer';
import { InstancePipe } from './checked';
import { ContractGuard } from './contract.guard';
import { CONTROLLERS, HANDLERS } from './handlers';
import { ApiDescription } from './operations/openapi.controller';
import { ProblemFilter } from './problem.filter';
import { Resources } from './resources';

type Logged = { readonly id?: unknown; readonly method?: unknown; readonly url?: unknown; readonly statusCode?: unknown };

@Module({})
export class ApiModule {
  static of(resources: Resources, logLevel: string): DynamicModule {
    return {
      module: ApiModule,
      imports: [CqrsModule.forRoot(), logging(logLevel)],
      controllers: [...CONTROLLERS],
      providers: [
        { provide: Resources, useValue: resources },
        ApiDescription,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
        { provide: APP_GUARD, useClass: ContractGuard },
        { provide: APP_PIPE, useClass: InstancePipe },
        ...HANDLERS,
      ],
    };
  }
}

/** One line per request with method, path, status and time: no query, header or body, which may be about a person. */
function logging(level: string): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: {
      level,
      serializers: {
        req: ({ id, method, url }: Logged) => ({ id, method, path: String(url).split('?', 1)[0] }),
        res: ({ statusCode }: Logged) => ({ statusCode }),
        err: ({ name }: { readonly name?: unknown }) => ({ name }),
      },
    },
  });
}
