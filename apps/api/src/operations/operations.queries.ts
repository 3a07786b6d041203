import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
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
