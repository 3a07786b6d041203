import { ARRANGEMENTS, END_CODES, KETEN, PROEFPLAATSING, PROEFTIJD, SECTORS } from '@bestendig/placement-domain';
import { ofChains, ofPlacement, type ProjectionSet } from '@bestendig/projection-engine';
import { PIECE_STATES } from './chains/chain-codes';
import { chainPieceRows, chainPieceTable, chainTable } from './chains/chain-tables';
import { parkedFactRows, parkedFactTable } from './parked-facts/parked-fact-table';
import { placementRows, placementTable } from './placements/placement-table';
import { hasSameSpells, spellRows, spellTable } from './spells/spell-table';

/** All read models that there are, at one checkpoint: an answer may be taken from any of them. */
export const READ_MODELS: ProjectionSet = {
  name: 'read-models',
  ofPlacements: [
    ofPlacement({ version: 1, table: placementTable, rows: placementRows }),
    ofPlacement({ version: 1, table: spellTable, rows: spellRows, isSame: hasSameSpells }),
    ofPlacement({ version: 1, table: parkedFactTable, rows: parkedFactRows }),
  ],
  ofChains: [
    ofChains({ version: 2, table: chainTable, rows: (chain) => [chain] }),
    ofChains({ version: 2, table: chainPieceTable, rows: chainPieceRows }),
  ],
  definitions: {
    codes: [SECTORS, ARRANGEMENTS, PIECE_STATES],
    policies: [KETEN, PROEFPLAATSING, PROEFTIJD, END_CODES],
  },
};
