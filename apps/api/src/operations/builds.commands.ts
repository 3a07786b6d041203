import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { approveRebuild, cancelRebuild, requestRebuild, rollBack } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { Answer } from '../answer';
import { rule } from '../checked';
import { Resources } from '../resources';

/** Makes the build that was live before live again, once it holds what live holds. */
export class RollBackReadModels extends Command<Answer> {}

@CommandHandler(RollBackReadModels)
export class RollBackReadModelsHandler implements ICommandHandler<RollBackReadModels> {
  constructor(private readonly resources: Resources) {}

  async execute(): Promise<Answer> {
    const { readStore, store } = this.resources;
    const { schema } = await rollBack({ set: READ_MODELS, store, databaseUrl: readStore.databaseUrl });
    return new Answer({ live: schema });
  }
}

/** Removes the build that a rebuild makes, or has left unfinished. */
export class CancelRebuild extends Command<Answer> {}

@CommandHandler(CancelRebuild)
export class CancelRebuildHandler implements ICommandHandler<CancelRebuild> {
  constructor(private readonly resources: Resources) {}

  async execute(): Promise<Answer> {
    return new Answer({ cancelled: await cancelRebuild({ set: READ_MODELS, databaseUrl: this.resources.readStore.databaseUrl }) });
  }
}

/** Where one sees what becomes of it. */
const REBUILDS_PATH = '/v1/projections/rebuilds';

export class RebuildBody {
  @ApiPropertyOptional({ description: 'switch also where rows differ from live: somebody has looked at the differences' })
  @IsOptional()
  @IsBoolean(rule('wrongType', 'must be true or false'))
  approve?: boolean;
}

/** Has the projector make all read models anew beside live and compare them; and switch, unless that is all. */
export class RequestRebuild extends Command<Answer> {
  constructor(readonly asked: { readonly onlyVerify: boolean; readonly approved: boolean }) {
    super();
  }
}

@CommandHandler(RequestRebuild)
export class RequestRebuildHandler implements ICommandHandler<RequestRebuild> {
  constructor(private readonly resources: Resources) {}

  async execute({ asked }: RequestRebuild): Promise<Answer> {
    const { number, state } = await requestRebuild(READ_MODELS, this.resources.readStore, asked);
    return new Answer({ rebuild: number, state }, { location: REBUILDS_PATH }, 202);
  }
}

/** Agrees to how a new version's rows differ from live. */
export class ApproveRebuild extends Command<Answer> {}

@CommandHandler(ApproveRebuild)
export class ApproveRebuildHandler implements ICommandHandler<ApproveRebuild> {
  constructor(private readonly resources: Resources) {}

  async execute(): Promise<Answer> {
    const { number, state } = await approveRebuild(READ_MODELS, this.resources.readStore);
    return new Answer({ rebuild: number, state }, { location: REBUILDS_PATH }, 202);
  }
}
