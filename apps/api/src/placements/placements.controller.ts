import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { Asking, Conditional, type Asked, type Conditions } from '../asked';
import { IsId } from '../checked';
import { DescribesCommand, DescribesQuestion } from '../documented';
import { KnownAtQuery } from '../known';
import { DiscardBody, DiscardParkedFact } from '../parked-facts/discard.command';
import { factBody } from './fact-body';
import { addFactRoutes } from './fact-routes';
import { bodySchemaOf, exampleOf } from './fact-schemas';
import { RecordFact, RegisterPlacement } from './placement.commands';
import { GetPlacement, GetPlacementHistory } from './placement.queries';
import { ListPlacements, ListPlacementsQuery, SearchPlacements, SearchPlacementsBody } from './placements.queries';

export class PlacementPath {
  @ApiProperty({ format: 'uuid', description: 'id of the placement' })
  @IsId()
  id!: string;
}

@ApiTags('Placements')
@Controller('v1/placements')
export class PlacementsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @DescribesQuestion('List placements', 'By id; the next page is in the Link header.', 'PlacementList')
  list(@Query() query: ListPlacementsQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new ListPlacements(query, asked));
  }

  @Post('_search')
  @HttpCode(200)
  @DescribesQuestion('Find placements', "Among others by a source's key, which therefore stands in the body; the answer never repeats it.", 'PlacementList', {
    body: SearchPlacementsBody,
    value: { source: 'urn:nld:oin:00000001003214345000:systeem:hr', employment: 'A-2023-117' },
  })
  search(@Body() body: SearchPlacementsBody, @Query() query: KnownAtQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new SearchPlacements(body, query, asked));
  }

  @Get(':id')
  @DescribesQuestion('One placement', 'Read from its events, so it is never behind: its ETag is what If-Match takes.', 'Placement')
  get(@Param() path: PlacementPath, @Query() query: KnownAtQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new GetPlacement(path.id, query, asked));
  }

  @Get(':id/history')
  @DescribesQuestion('The whole history of a placement', 'Every fact: when it was true, when it was known, who said so, what became of it, and what corrects or moved it.', 'PlacementHistory')
  history(@Param() path: PlacementPath, @Query() query: KnownAtQuery, @Asking() asked: Asked): Promise<Answer> {
    return this.queries.execute(new GetPlacementHistory(path.id, query, asked));
  }

  @Post()
  @DescribesCommand('Register a placement', 'By a person. Without candidateId it is of a person nobody knew yet.', { takes: bodySchemaOf('PlacementRegistered'), example: exampleOf('PlacementRegistered'), ifMatch: false, status: 201, checks: [factBody('placement-registered')] })
  register(@Body() body: unknown, @Conditional() conditions: Conditions, @Asking() asked: Asked): Promise<Answer> {
    return this.commands.execute(new RegisterPlacement(body, conditions, asked));
  }

  @Post(':id/corrections')
  @HttpCode(200)
  @DescribesCommand('Correct a fact', 'The body names the event and carries the whole fact as it should have been.', { takes: bodySchemaOf('FactCorrected'), example: exampleOf('FactCorrected'), ifMatch: true, checks: [factBody('fact-corrected')] })
  correct(@Param() path: PlacementPath, @Body() body: unknown, @Conditional() conditions: Conditions, @Asking() asked: Asked): Promise<Answer> {
    return this.commands.execute(new RecordFact(path.id, 'fact-corrected', body, conditions, asked));
  }

  @Post(':id/retractions')
  @HttpCode(200)
  @DescribesCommand('Retract a fact', 'It should not have been recorded. Retracting a correction uncovers what it replaced.', { takes: bodySchemaOf('FactRetracted'), example: exampleOf('FactRetracted'), ifMatch: true, checks: [factBody('fact-retracted')] })
  retract(@Param() path: PlacementPath, @Body() body: unknown, @Conditional() conditions: Conditions, @Asking() asked: Asked): Promise<Answer> {
    return this.commands.execute(new RecordFact(path.id, 'fact-retracted', body, conditions, asked));
  }

  @Post(':id/discards')
  @HttpCode(200)
  @DescribesCommand('Set a parked fact aside', 'Only a fact that is parked can be discarded.', { takes: DiscardBody, example: { discards: '0e8f6c1a-2b3d-5e4f-8a6b-7c9d0e1f2a3b', reason: 'notOurPlacement' }, ifMatch: true })
  discard(@Param() path: PlacementPath, @Body() body: DiscardBody, @Conditional() conditions: Conditions, @Asking() asked: Asked): Promise<Answer> {
    return this.commands.execute(new DiscardParkedFact(path.id, body, conditions, asked));
  }
}

addFactRoutes(PlacementsController, PlacementPath);
