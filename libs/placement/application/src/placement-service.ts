import type { EventStore, Instant } from '@bestendig/event-store';
import type { HrFact } from './hr-fact';
import { readPlacement, type KnownPlacement } from './history';
import { lookUpKey, type SourceKey } from './look-up-key';
import { mendLink, type LinkMendedResult, type MendLink } from './mend-link';
import { messageNow, type MessageNow } from './message-now';
import type { FactOutcome } from './outcomes';
import { executeCommand, type CommandResult, type PersonCommand } from './person-commands';
import { recordHrFacts, type RecordOptions } from './record-hr-facts';

/** What every door calls: HTTP, a history file, later Kafka. */
export class PlacementService {
  private readonly store: EventStore;
  private readonly secret: Buffer;

  constructor(options: { readonly store: EventStore; /** Keeps external keys out of the log; see keys.ts. */ readonly secret: Buffer }) {
    this.store = options.store;
    this.secret = options.secret;
  }

  /** See {@link recordHrFacts}. */
  recordHrFacts(facts: readonly HrFact[], options?: RecordOptions): Promise<readonly FactOutcome[]> {
    return recordHrFacts(this.store, this.secret, facts, options);
  }

  /** See {@link executeCommand}. */
  execute(command: PersonCommand): Promise<CommandResult> {
    return executeCommand(this.store, command);
  }

  /** See {@link mendLink}. */
  mendLink(command: MendLink): Promise<LinkMendedResult> {
    return mendLink(this.store, this.secret, command);
  }

  /** See {@link lookUpKey}. */
  lookUpKey(key: SourceKey, knownAt?: Instant): Promise<string | null> {
    return lookUpKey(this.store, this.secret, key, knownAt);
  }

  /** The placement as known at a moment, or as known now. See {@link readPlacement}. */
  history(placementId: string, knownAt?: Instant): Promise<KnownPlacement> {
    return readPlacement(this.store, placementId, knownAt);
  }

  /** See {@link messageNow}. */
  messageNow(placementId: string, eventIds: readonly string[]): Promise<MessageNow> {
    return messageNow(this.store, placementId, eventIds);
  }
}
