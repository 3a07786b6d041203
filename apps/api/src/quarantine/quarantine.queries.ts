import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { quarantinedOf } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { Answer } from '../answer';
import { isUuid } from '../checked';
import { BarePageQuery, limitOf, unreadableCursor } from '../pages';
import { QUARANTINED_PATH } from '../known';
import { Resources } from '../resources';

/** Placements whose events make a projection fail, in order of their ids. */
export class ListQuarantinedPlacements extends Query<Answer> {
  constructor(readonly query: BarePageQuery) {
    super();
  }
}

@QueryHandler(ListQuarantinedPlacements)
export class ListQuarantinedPlacementsHandler implements IQueryHandler<ListQuarantinedPlacements> {
  constructor(private readonly resources: Resources) {}

  async execute({ query }: ListQuarantinedPlacements): Promise<Answer> {
    const { items, next } = await quarantinedOf(READ_MODELS, this.resources.readStore, { after: lastOf(query), limit: limitOf(query) });
    const quarantinedPlacements = items.map(({ placementId, eventId, eventType, knownTime, error, attempts, quarantinedAt, retryAt }) => ({
      ...{ placementId, eventId, eventType, knownTime, error, attempts, quarantinedAt, retryAt },
    }));
    const parameters = new URLSearchParams({ ...(query.limit === undefined ? {} : { limit: query.limit }), cursor: Buffer.from(next ?? '').toString('base64url') });
    return new Answer({ quarantinedPlacements }, next === null ? {} : { link: `<${QUARANTINED_PATH}?${parameters.toString()}>; rel="next"` });
  }
}

/** The cursor is the last placement of the page before. @throws ProblemError `invalid` */
function lastOf({ cursor }: BarePageQuery): string | null {
  if (cursor === undefined) return null;
  const last = Buffer.from(cursor, 'base64url').toString();
  if (!isUuid(last)) throw unreadableCursor();
  return last;
}
