import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { DescribesQuestion } from '../documented';
import { CancelRebuild, RollBackReadModels } from './builds.commands';
import { GetHealth, GetProjections } from './operations.queries';

@ApiTags('Operations')
@Controller('v1')
export class OperationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('health')
  @DescribesQuestion('Whether the API can do its work', 'Open to all. 503 while a store cannot be reached; degraded while a placement is in quarantine.', 'Health')
  health(): Promise<Answer> {
    return this.queries.execute(new GetHealth());
  }

  @Get('projections')
  @DescribesQuestion('How far the read models are', 'Which build is live, how far it has come, and how far it is behind.', 'Projections')
  projections(): Promise<Answer> {
    return this.queries.execute(new GetProjections());
  }

  @Post('projections/_roll-back')
  @HttpCode(200)
  @DescribesQuestion('Go back to the build before', 'Makes the build of the read models that was live before live again, once it holds what live holds; the one that was live is kept. 409 where none is kept, or a rebuild runs.', 'RollBackResult')
  rollBack(): Promise<Answer> {
    return this.commands.execute(new RollBackReadModels());
  }

  @Post('projections/_cancel-rebuild')
  @HttpCode(200)
  @DescribesQuestion('End a rebuild', 'Removes the build that a rebuild makes, or has left unfinished. Live is as it was.', 'CancelResult')
  cancel(): Promise<Answer> {
    return this.commands.execute(new CancelRebuild());
  }
}
