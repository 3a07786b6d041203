import { Amount, Code, ListOf, Organisation, ofAll } from './fields';

/** The fields a message has for a fact: those of facts.ts, with the organisations under the names that sources use, and without what keys and dates turn into. */
export type FieldsFor<Fact> = {
  [Name in keyof Fact as Name extends 'inexact' | 'candidateId' | 'successorPlacementId'
    ? never
    : Name extends 'employerId'
      ? 'employer'
      : Name extends 'providerId'
        ? 'provider'
        : Name]: Name extends 'inleners' ? Inlener[] : Fact[Name];
};

/** Tolerance of a sum of shares: thirds written with ten decimals pass. */
const SHARES_TOLERANCE = 1e-9;
const INLENERS_MAX = 50;

export class Inlener {
  @Organisation('organisation the worker works for') employer!: string;
  @Amount(0, 1, 'its part; the parts of one list sum to 1') share!: number;
  @Code('team within it', { optional: true }) team?: string;
}

const shareOf = (member: unknown): number => (member instanceof Inlener && typeof member.share === 'number' ? member.share : Number.NaN);
const sumTo1 = (members: readonly unknown[]) => Math.abs(members.reduce<number>((sum, member) => sum + shareOf(member), 0) - 1) <= SHARES_TOLERANCE;
const nameOf = (member: unknown) => (member instanceof Inlener ? JSON.stringify([member.employer, member.team]) : member);
const allDiffer = (members: readonly unknown[]) => new Set(members.map(nameOf)).size === members.length;

/** The inleners of an arrangement. */
export const Inleners = () =>
  ListOf(Inlener, INLENERS_MAX, 'organisations the worker works for under uitzend, detachering or inkoop', { optional: true }, [
    ofAll('sharesSumTo1', (members) => members.some((member) => Number.isNaN(shareOf(member))) || sumTo1(members), 'sharesSum', 'must have shares that sum to 1'),
    ofAll('inlenersDiffer', allDiffer, 'sameTwice', 'must name each employer and team once'),
  ]);
