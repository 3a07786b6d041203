import type { EventStore } from '@bestendig/event-store';
import type { Intake } from '@bestendig/intake';
import type { PlacementService } from '@bestendig/placement-application';
import type { ReadStore } from '@bestendig/read-store';

/** What the handlers work with; opened and closed by createApi. */
export class Resources {
  constructor(
    readonly store: EventStore,
    readonly service: PlacementService,
    readonly intake: Intake,
    readonly readStore: ReadStore,
    readonly secret: Buffer,
    /** The API's moment of a command. */
    readonly now: () => string,
  ) {}
}
