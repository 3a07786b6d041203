import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { cancelRebuild, rollBack } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { Answer } from '../answer';
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
