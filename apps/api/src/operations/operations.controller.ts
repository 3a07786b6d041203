import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { errorsOf } from '../checked';
import { Checks } from '../contract.guard';
import { DescribesQuestion } from '../documented';
import { ApproveRebuild, CancelRebuild, RebuildBody, RequestRebuild, RollBackReadModels } from './builds.commands';
import { GetHealth, GetProjections, GetRebuilds } from './operations.queries';

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

  @Get('projections/rebuilds')
  @DescribesQuestion('What became of rebuilds', 'The latest first: how far the one is that runs, what differs where one waits for approval, what came of the others.', 'Rebuilds')
  rebuilds(): Promise<Answer> {
    return this.queries.execute(new GetRebuilds());
  }

  @Post('projections/_rebuild')
  @HttpCode(202)
  @DescribesQuestion('Make the read models anew', 'The projector makes them beside the live ones, compares the two, and switches where they are equal or that was approved. One that was stopped goes on where it was. 409 where one runs.', 'RebuildRequested', { body: RebuildBody, value: { approve: false }, isOptional: true, status: 202 })
  @Checks(({ body }) => (body === undefined || body === null ? [] : errorsOf(RebuildBody, body, '/')))
  rebuild(@Body() body: RebuildBody | null): Promise<Answer> {
    return this.commands.execute(new RequestRebuild({ onlyVerify: false, approved: body?.approve === true }));
  }

  @Post('projections/_verify')
  @HttpCode(202)
  @DescribesQuestion('Compare the read models with a rebuild', 'The projector makes them anew, compares them with the live ones and removes them; live is left as it is.', 'RebuildRequested', { status: 202 })
  verify(): Promise<Answer> {
    return this.commands.execute(new RequestRebuild({ onlyVerify: true, approved: false }));
  }

  @Post('projections/_approve-rebuild')
  @HttpCode(202)
  @DescribesQuestion('Approve what differs', 'A new version of the definitions made other rows than live holds: the projector switches to them. 409 where none waits for approval.', 'RebuildRequested', { status: 202 })
  approve(): Promise<Answer> {
    return this.commands.execute(new ApproveRebuild());
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
