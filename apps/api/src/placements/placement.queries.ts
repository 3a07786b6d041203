import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { KnownPlacement } from '@bestendig/placement-application';
import { Answer, etag } from '../answer';
import type { Asked } from '../asked';
import { knownAtOf, waitUntilKnown, type KnownAtQuery } from '../known';
import { Resources } from '../resources';
import { historyView, placementView } from './placement.views';

/** One placement, from its stream: never behind, so that its ETag can be given to If-Match. */
export class GetPlacement extends Query<Answer> {
  constructor(
    readonly placementId: string,
    readonly query: KnownAtQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

export class GetPlacementHistory extends Query<Answer> {
  constructor(
    readonly placementId: string,
    readonly query: KnownAtQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

async function known(resources: Resources, { placementId, query, asked }: GetPlacement | GetPlacementHistory): Promise<KnownPlacement> {
  const knownAt = knownAtOf(query);
  await waitUntilKnown(resources.store, knownAt, asked.waitMs);
  return resources.service.history(placementId, knownAt);
}

@QueryHandler(GetPlacement)
export class GetPlacementHandler implements IQueryHandler<GetPlacement> {
  constructor(private readonly resources: Resources) {}

  async execute(query: GetPlacement): Promise<Answer> {
    const placement = await known(this.resources, query);
    return new Answer(placementView(placement), { etag: etag(placement.revision) });
  }
}

@QueryHandler(GetPlacementHistory)
export class GetPlacementHistoryHandler implements IQueryHandler<GetPlacementHistory> {
  constructor(private readonly resources: Resources) {}

  async execute(query: GetPlacementHistory): Promise<Answer> {
    const placement = await known(this.resources, query);
    return new Answer(historyView(placement), { etag: etag(placement.revision) });
  }
}
