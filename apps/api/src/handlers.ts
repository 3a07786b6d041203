import type { Type } from '@nestjs/common';
import { RecordHrFactsHandler, ValidateHrFactsHandler } from './hr-facts/hr-facts.handlers';
import { HrFactsController } from './hr-facts/hr-facts.controller';
import { IntakeController } from './intake/intake.controller';
import { SearchIntakeHandler } from './intake/intake.queries';
import { ListDeadLettersHandler, ListDeliveriesHandler } from './intake/lists.queries';
import { RedriveDeadLettersHandler } from './intake/redrive.command';
import { GetIntakeHandler } from './intake/summary.query';
import { LinksController } from './links/links.controller';
import { MendLinkHandler } from './links/mend.command';
import { MeasuresController } from './measures/measures.controller';
import { QuarantineController } from './quarantine/quarantine.controller';
import { ListQuarantinedPlacementsHandler } from './quarantine/quarantine.queries';
import { RedriveQuarantinedPlacementsHandler } from './quarantine/redrive.command';
import { GetCohortRetentionHandler, GetDuurzaamheidHandler } from './measures/measures.queries';
import { ApproveRebuildHandler, CancelRebuildHandler, RequestRebuildHandler, RollBackReadModelsHandler } from './operations/builds.commands';
import { AsyncApiController, OpenApiController } from './operations/openapi.controller';
import { OperationsController } from './operations/operations.controller';
import { GetHealthHandler, GetProjectionsHandler, GetRebuildsHandler } from './operations/operations.queries';
import { ParkedFactsController } from './parked-facts/parked-facts.controller';
import { ListParkedFactsHandler } from './parked-facts/parked-facts.queries';
import { DiscardParkedFactHandler } from './parked-facts/discard.command';
import { RecordFactHandler, RegisterPlacementHandler } from './placements/placement.commands';
import { GetPlacementHandler, GetPlacementHistoryHandler } from './placements/placement.queries';
import { PlacementsController } from './placements/placements.controller';
import { ListPlacementsHandler, SearchPlacementsHandler } from './placements/placements.queries';

/** Every path of the API is a method of one of these. */
export const CONTROLLERS: readonly Type[] = [
  ...[HrFactsController, PlacementsController, LinksController, ParkedFactsController, IntakeController],
  ...[MeasuresController, OperationsController, QuarantineController, OpenApiController, AsyncApiController],
];

/** One for each command and each query; a test proves it. */
export const HANDLERS: readonly Type[] = [
  ...[RecordHrFactsHandler, RegisterPlacementHandler, RecordFactHandler, DiscardParkedFactHandler, MendLinkHandler],
  ...[ValidateHrFactsHandler, GetPlacementHandler, GetPlacementHistoryHandler, ListPlacementsHandler, SearchPlacementsHandler, SearchIntakeHandler],
  ...[ListParkedFactsHandler, GetCohortRetentionHandler, GetDuurzaamheidHandler, GetHealthHandler, GetProjectionsHandler],
  ...[ListQuarantinedPlacementsHandler, RedriveQuarantinedPlacementsHandler, RollBackReadModelsHandler, CancelRebuildHandler],
  ...[GetIntakeHandler, ListDeliveriesHandler, ListDeadLettersHandler, RedriveDeadLettersHandler],
  ...[RequestRebuildHandler, ApproveRebuildHandler, GetRebuildsHandler],
];
