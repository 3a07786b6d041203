import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { rebuildStatusOf, statusOf } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { liveGeneration } from '@bestendig/read-store';
import { Answer } from '../answer';
import { ProblemError } from '../problem';
import { Resources } from '../resources';

export class GetHealth extends Query<Answer> {}

@QueryHandler(GetHealth)
export class GetHealthHandler implements IQueryHandler<GetHealth> {
  constructor(private readonly resources: Resources) {}

  async execute(): Promise<Answer> {
    const { store, readStore } = this.resources;
    const reached = await Promise.allSettled([store.headPosition(), liveGeneration(readStore.pool, READ_MODELS.name)] as const);
    const [head, live] = reached;
    if (head.status === 'rejected' || live.status === 'rejected') throw new ProblemError('unavailable', 'A store cannot be reached.');
    const quarantined = live.value?.quarantined ?? 0;
    return new Answer({ status: quarantined === 0 ? 'up' : 'degraded', quarantined });
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

const REBUILDS_SHOWN = 20;

/** The latest rebuilds: how far the one is that runs, and what came of the others. */
export class GetRebuilds extends Query<Answer> {}

@QueryHandler(GetRebuilds)
export class GetRebuildsHandler implements IQueryHandler<GetRebuilds> {
  constructor(private readonly resources: Resources) {}

  async execute(): Promise<Answer> {
    return new Answer({ rebuilds: await rebuildStatusOf(READ_MODELS, this.resources.readStore, REBUILDS_SHOWN) });
  }
}
