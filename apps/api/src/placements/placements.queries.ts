import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { ARRANGEMENTS, SECTORS } from '@bestendig/placement-domain';
import { SOURCE } from '@bestendig/hr-messages';
import { organisationOfSource } from '@bestendig/placement-application';
import { listPlacements, placementCursor, placementIdsOfCandidate, placementsById, type Cut, type PlacementFilter } from '@bestendig/read-models';
import { Answer, together } from '../answer';
import type { Asked } from '../asked';
import { maySpeakFor } from '../callers';
import { IsId, rule } from '../checked';
import { cutFor, freshness, KnownAtQuery } from '../known';
import { KEY } from '../links/mend.command';
import { cursorOf, limitOf, linkToNext, PageQuery } from '../pages';
import { ProblemError } from '../problem';
import { Resources } from '../resources';

const DEFINITION = 'placements/1';
const REGION = /^AM\d\d$/;
const EMPLOYER = /^(?:kvk:\d{8}|oin:\d{20}|rsin:\d{9}|lhn:\d{9}L\d{2})$/;

export class ListPlacementsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: SECTORS, enumName: 'Sector' })
  @IsOptional()
  @IsIn(SECTORS, rule('notAllowed', `must be one of: ${SECTORS.join(', ')}`))
  sector?: string;

  @ApiPropertyOptional({ pattern: REGION.source, description: 'labour-market region', example: 'AM13' })
  @IsOptional()
  @Matches(REGION, rule('pattern', 'must be a labour-market region, AM01 to AM38'))
  region?: string;

  @ApiPropertyOptional({ enum: ARRANGEMENTS, enumName: 'Arrangement' })
  @IsOptional()
  @IsIn(ARRANGEMENTS, rule('notAllowed', `must be one of: ${ARRANGEMENTS.join(', ')}`))
  arrangement?: string;

  @ApiPropertyOptional({ pattern: EMPLOYER.source, description: 'formal employer', example: 'kvk:12345678' })
  @IsOptional()
  @Matches(EMPLOYER, rule('pattern', 'must be kvk:<8 digits>, oin:<20 digits>, rsin:<9 digits> or lhn:<9 digits>L<2 digits>'))
  employer?: string;

  @ApiPropertyOptional({ pattern: SOURCE.source, description: 'source of the registration that stands' })
  @IsOptional()
  @Matches(SOURCE, rule('pattern', `must match ${SOURCE.source}`))
  source?: string;
}

export class ListPlacements extends Query<Answer> {
  constructor(
    readonly query: ListPlacementsQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

@QueryHandler(ListPlacements)
export class ListPlacementsHandler implements IQueryHandler<ListPlacements> {
  constructor(private readonly resources: Resources) {}

  async execute({ query, asked }: ListPlacements): Promise<Answer> {
    const cursor = cursorOf(query, placementCursor);
    const cut = await cutFor(this.resources, query, asked, cursor);
    const page = await listPlacements(this.resources.readStore, cut, { limit: limitOf(query), filter: filterOf(query), ...(cursor === undefined ? {} : { cursor }) });
    return new Answer(listView(cut, page.items), together(freshness(cut), linkToNext('/v1/placements', query, page.next)));
  }
}

function filterOf({ sector, region, arrangement, employer, source }: ListPlacementsQuery): PlacementFilter {
  return {
    ...(sector === undefined ? {} : { sector }),
    ...(region === undefined ? {} : { region }),
    ...(arrangement === undefined ? {} : { arrangement }),
    ...(employer === undefined ? {} : { employerId: employer }),
    ...(source === undefined ? {} : { source }),
  };
}

const listView = ({ knownAt, asReported }: Cut, placements: readonly object[]): object => ({ definition: DEFINITION, knownAt, asReported, placements });

/** By key: the body is the only place where one may stand. */
export class SearchPlacementsBody {
  @ApiPropertyOptional({ pattern: SOURCE.source, description: 'whose key it is; needed with a key' })
  @IsOptional()
  @Matches(SOURCE, rule('pattern', `must match ${SOURCE.source}`))
  source?: string;

  @ApiPropertyOptional({ pattern: KEY.source, description: "the source's key of the employment" })
  @IsOptional()
  @Matches(KEY, rule('pattern', `must match ${KEY.source}`))
  employment?: string;

  @ApiPropertyOptional({ pattern: KEY.source, description: "the source's key of the person" })
  @IsOptional()
  @Matches(KEY, rule('pattern', `must match ${KEY.source}`))
  person?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'id of the person' })
  @IsOptional()
  @IsId()
  candidateId?: string;
}

export class SearchPlacements extends Query<Answer> {
  constructor(
    readonly body: SearchPlacementsBody,
    readonly query: KnownAtQuery,
    readonly asked: Asked,
  ) {
    super();
  }
}

@QueryHandler(SearchPlacements)
export class SearchPlacementsHandler implements IQueryHandler<SearchPlacements> {
  constructor(private readonly resources: Resources) {}

  /** What meets all that is asked; a key that nobody used meets nothing. */
  async execute({ body, query, asked }: SearchPlacements): Promise<Answer> {
    checkSearch(body, asked);
    const { readStore } = this.resources;
    const cut = await cutFor(this.resources, query, asked);
    const found = await Promise.all([this.byEmployment(body, cut), this.byPerson(body, cut), this.byCandidate(body, cut)]);
    const sets = found.filter((ids) => ids !== null);
    const ids = (sets[0] ?? []).filter((id) => sets.every((set) => set.includes(id)));
    return new Answer(listView(cut, await placementsById(readStore, cut, ids)), freshness(cut));
  }

  private async byEmployment({ source, employment }: SearchPlacementsBody, { knownAt }: Cut): Promise<readonly string[] | null> {
    if (source === undefined || employment === undefined) return null;
    const placementId = await this.resources.service.lookUpKey({ source, kind: 'employment', key: employment }, knownAt);
    return placementId === null ? [] : [placementId];
  }

  private async byPerson({ source, person }: SearchPlacementsBody, cut: Cut): Promise<readonly string[] | null> {
    if (source === undefined || person === undefined) return null;
    const candidateId = await this.resources.service.lookUpKey({ source, kind: 'person', key: person }, cut.knownAt);
    return candidateId === null ? [] : placementIdsOfCandidate(this.resources.readStore, cut, candidateId);
  }

  private async byCandidate({ candidateId }: SearchPlacementsBody, cut: Cut): Promise<readonly string[] | null> {
    return candidateId === undefined ? null : placementIdsOfCandidate(this.resources.readStore, cut, candidateId);
  }
}

function checkSearch({ source, employment, person, candidateId }: SearchPlacementsBody, { caller }: Asked): void {
  const byKey = employment !== undefined || person !== undefined;
  if (!byKey && candidateId === undefined)
    throw new ProblemError('invalid', 'Nothing to search by.', [{ pointer: '', code: 'oneOfRequired', detail: 'needs employment or person with their source, or candidateId' }]);
  if (byKey && source === undefined) throw new ProblemError('invalid', 'A key is of a source.', [{ pointer: '/source', code: 'required', detail: 'is required with a key' }]);
  if (source !== undefined && !maySpeakFor(caller, organisationOfSource(source))) throw new ProblemError('otherOrganisation', 'This source belongs to another organisation.');
}
