import type { EventStore } from '@bestendig/event-store';
import type { Difference } from '@bestendig/read-store';
import type { Compared } from './beside-live';
import type { TableChecksum } from './checksum';
import type { ProjectionSet } from './projection';
import type { LogCopyDone, LogCopyTask } from './log-copy-steps';
import type { PartDone, PartTask } from './rebuild-part';

/** What a rebuild is told, tells, and comes to. */

export type RebuildOptions = {
  readonly set: ProjectionSet;
  readonly store: EventStore;
  readonly databaseUrl: string;
  /** Gives up between two parts or pages; what was done is gone on with at the next run. */
  readonly signal?: AbortSignal;
  readonly pageEvents?: number;
  /** Folds parts elsewhere, so many at a time; unless given they are folded here, one by one. */
  readonly folders?: PartFolders;
  /** Switches also where the rows differ from those of live: somebody has looked at the differences, or need not. */
  readonly approve?: boolean;
  /** Goes on with this record of a rebuild only; where it has ended, nothing is done. */
  readonly record?: number;
  /** Where this version is live already there is nothing to do. */
  readonly onlyIfNotLive?: boolean;
  readonly onBegun?: (record: number) => void;
  /** The projector carries it out: where it is killed, the next one goes on with it. */
  readonly byProjector?: boolean;
  /** Compares and leaves live as it is; the new build is dropped. */
  readonly onlyVerify?: boolean;
  readonly onProgress?: (progress: RebuildProgress) => void;
};
export type PartFolders = {
  readonly count: number;
  fold(task: PartTask): Promise<PartDone>;
  /** Where the log is copied to, in the order it lies in, to be folded from; unless given parts are read from the store, stream by stream. */
  readonly copyFolder?: string | null;
  /** Unless given, steps of a copy are done by the rebuild itself. */
  copy?(task: LogCopyTask): Promise<LogCopyDone>;
};
export type RebuildProgress = {
  readonly step: 'copy' | 'plan' | 'fold' | 'index' | 'catchUp' | 'verify';
  readonly events: number;
  /** null where it is not known */ readonly eventsInAll: number | null;
};

export type RebuildResult =
  | {
      /** `awaitsApproval`: the definitions had changed and so do rows; the build is kept for the one who approves, live is as it was. */
      readonly outcome: 'switched' | 'verified' | 'awaitsApproval';
      readonly schema: string;
      readonly events: number;
      readonly checksum: readonly TableChecksum[];
      readonly compared: Compared;
      /** Where the definitions had changed: in the columns that both versions have. */
      readonly differences: readonly Difference[];
    }
  | { readonly outcome: 'givenUp' }
  /** This version was live already. */
  | { readonly outcome: 'isLive' };
