import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { statusOf } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { Answer } from '../answer';
import { ProblemError } from '../problem';
import { Resources } from '../resources';

export class GetHealth extends Query<Answer> {}

@QueryHandler(GetHealth)
export class GetHealthHandler implements IQueryHandler<GetHealth> {
  constructor(private readonly resources: Resources) {}

  async execute(): Promise<Answer> {
    const { store, readStore } = this.resources;
    const reached = await Promise.allSettled([store.headPosition(), readStore.pool.query('select 1')]);
    if (reached.some(({ status }) => status === 'rejected')) throw new ProblemError('unavailable', 'A store cannot be reached.');
    return new Answer({ status: 'up' });
  }
}

/** How far each build of the read models is. */
export class GetProjections extends Query<Answer> {}

@QueryHandler(GetProjections)
export class GetProjectionsHandler implements IQueryHandler<GetProjections> {
  constructor(private readonly resources: Resources) {}

  async execute(): Promise<Answer> {
    const { readStore, store } = this.resources;
    return new Answer({ projections: await statusOf(READ_MODELS, readStore, store) });
  }
}
