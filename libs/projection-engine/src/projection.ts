import { createHash } from 'node:crypto';
import type { Chain, Timeline } from '@bestendig/placement-domain';
import type { Version } from '@bestendig/read-store';
import {
  collectVersions,
  tableStatements,
  type RowChanges,
  type RowState,
  type VersionedTable,
} from './versioned-table';

/** From one moment of knowing on; null: known before the others, and stored already. */
type At = { readonly knownFrom: string | null };
export type PlacementAt = At & { readonly timeline: Timeline };
export type ChainsAt = At & { readonly chains: readonly Chain[] };

/**
 * A table and the pure fold that fills it. `version` is raised whenever the fold gives other rows for the same events; the
 * table, the code lists and the policies are part of the set's fingerprint anyway.
 */
type Projection = { readonly version: number; readonly table: VersionedTable<never> };
/** Rows of one placement, from its timeline. The first column of the table's key is the placement. */
export type PlacementProjection = Projection & {
  collect(placementId: string, states: readonly PlacementAt[], changes: RowChanges): void;
};
/** Rows of one person's chains. The first column of the table's key is the chain, named by its first placement. */
export type ChainProjection = Projection & { collect(states: readonly ChainsAt[], changes: RowChanges): void };

/** Projections that are at one checkpoint, so that an answer may be taken from all of them: read once, folded, switched and rebuilt together. */
export type ProjectionSet = {
  readonly name: string;
  readonly ofPlacements: readonly PlacementProjection[];
  readonly ofChains: readonly ChainProjection[];
  /** Code lists and dated policies that decide over rows. */
  readonly definitions: unknown;
};

/** Declares a fold of one placement. */
export function ofPlacement<Row>(declared: {
  readonly version: number;
  readonly table: VersionedTable<Row>;
  readonly rows: (placementId: string, timeline: Timeline) => readonly Row[];
  /** True only where the rows of both are the same: then they are not made again. */
  readonly isSame?: (before: Timeline, timeline: Timeline) => boolean;
}): PlacementProjection {
  const { version, table, rows, isSame } = declared;
  return {
    version,
    table,
    collect: (placementId, states, changes) => {
      let before: Timeline | null = null;
      let made: readonly Row[] = [];
      const rowsAt = ({ knownFrom, timeline }: PlacementAt): RowState<Row> => {
        if (before === null || isSame?.(before, timeline) !== true) made = rows(placementId, timeline);
        before = timeline;
        return { knownFrom, rows: made };
      };
      collectVersions(table, states.map(rowsAt), changes);
    },
  };
}

/** Declares a fold of one person's chains. */
export function ofChains<Row>(declared: {
  readonly version: number;
  readonly table: VersionedTable<Row>;
  readonly rows: (chain: Chain) => readonly Row[];
}): ChainProjection {
  const { version, table, rows } = declared;
  return {
    version,
    table,
    collect: (states, changes) => {
      // Chains that did not change are the same objects: so are their rows then.
      const made = new Map<Chain, readonly Row[]>();
      const rowsOf = (chain: Chain): readonly Row[] => {
        const known = made.get(chain) ?? rows(chain);
        made.set(chain, known);
        return known;
      };
      let before: readonly Chain[] | null = null;
      let all: readonly Row[] = [];
      const rowsAt = ({ knownFrom, chains }: ChainsAt): RowState<Row> => {
        if (chains !== before) all = chains.flatMap(rowsOf);
        before = chains;
        return { knownFrom, rows: all };
      };
      collectVersions(table, states.map(rowsAt), changes);
    },
  };
}

export const projectionsOf = (set: ProjectionSet): readonly Projection[] => [...set.ofPlacements, ...set.ofChains];
export const tablesOf = (set: ProjectionSet): readonly VersionedTable<never>[] =>
  projectionsOf(set).map(({ table }) => table);

/** The timeline itself, chains and versions: raised whenever they give other rows for the same events. */
const ENGINE_VERSION = 3;

/**
 * Of everything that decides over the rows: folds (by version), tables, code lists and dated policies. A build with another
 * fingerprint is not continued but made anew.
 */
export function fingerprintOf(set: ProjectionSet): string {
  const known = fingerprints.get(set) ?? makeFingerprint(set);
  fingerprints.set(set, known);
  return known;
}

/** This version of the set, as the read store knows it. */
export const versionOf = (set: ProjectionSet): Version => ({ set: set.name, fingerprint: fingerprintOf(set) });

const fingerprints = new WeakMap<ProjectionSet, string>();

function makeFingerprint(set: ProjectionSet): string {
  const folds = projectionsOf(set).map(({ version, table }) => [version, tableStatements(table, 'schema')]);
  const text = JSON.stringify([ENGINE_VERSION, folds, set.definitions]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
