import { ARRANGEMENTS, SECTORS, type ChainPiece } from '@bestendig/placement-domain';

/**
 * Codes of chain_piece: a few bytes where a word would be, in a table that every figure scans. They are part of the
 * table's definition: a new word goes at the end.
 */
export const PIECE_STATES = ['inWork', 'unconfirmed', 'uitval', 'doorstroom', 'otherKnown', 'otherUnknown'] as const;
export type PieceState = (typeof PIECE_STATES)[number];

export const stateOf = (piece: ChainPiece): PieceState =>
  piece.state.kind === 'ended' ? piece.state.outcome : piece.state.kind;

/** A word that is not in its list (data of a later version). */
const OTHER = -1;

export const stateCode = (piece: ChainPiece): number => PIECE_STATES.indexOf(stateOf(piece));
export const sectorCode = (sector: string): number => SECTORS.findIndex((known) => known === sector);
export const arrangementCode = (arrangement: string): number =>
  ARRANGEMENTS.findIndex((known) => known === arrangement);
export const regionCode = (region: unknown): number =>
  typeof region === 'string' && /^AM\d\d$/.test(region) ? Number(region.slice(2)) : OTHER;

export const sectorOf = (code: number): string => SECTORS[code] ?? 'other';
export const arrangementOf = (code: number): string => ARRANGEMENTS[code] ?? 'other';
export const regionOf = (code: number): string => (code === OTHER ? 'other' : `AM${String(code).padStart(2, '0')}`);
