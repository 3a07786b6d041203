import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '@bestendig/event-store';
import { timeline, type PlacementEvent } from '@bestendig/placement-domain';
import { foldPerson, foldPlacement, foldSound, type ProjectionSet } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { benchArgs, closeBench, median, peakMiB } from './bench';
import { madePlacements } from './made-placements';

const SEED = 4;
/** As many as a rebuild folds at a time. */
const PIECE_PLACEMENTS = 500;
/** A fold that does no more than decoding does would be one. */
const AIM = 0.25;

const STAGES = ['decode', 'timelines', 'chains', 'rows for COPY', 'all of the fold'] as const;
type Stage = (typeof STAGES)[number];
type Spent = { readonly [stage in Stage]: number };
type Texts = readonly { readonly placementId: string; readonly events: readonly string[] }[];
type Histories = readonly { readonly placementId: string; readonly events: readonly PlacementEvent[] }[];
type Told = { readonly events: number; readonly bytes: number; readonly digest: string };

/** Folds to states and chains, and to no row. */
const NO_ROWS: ProjectionSet = { ...READ_MODELS, ofPlacements: [], ofChains: [] };

/** Folds made placements in this process, in memory: no database, no threads. Processor time, garbage collection included. */
function main(): void {
  const { size, rounds } = benchArgs({ name: 'fold', counts: 'placements, of about eight events each', size: 10_000, rounds: 5 }); // prettier-ignore
  const pieces = [...piecesOf(size)];
  proveStates(pieces[0] ?? []);
  const first = foldAll(pieces);
  const { events } = first.told;
  const spent: Spent[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const { told, us } = foldAll(pieces);
    if (!isDeepStrictEqual(told, first.told)) throw new Error('The same events were folded to other rows.');
    spent.push(us);
    console.log(`round ${round}: ${(us['all of the fold'] / events).toFixed(2)} us an event`);
  }
  const usOf = (stage: Stage): number => median(spent.map((us) => us[stage])) / events;
  console.log(`${events} events of ${size} placements, ${first.told.bytes} bytes for COPY`);
  console.log('Processor time, microseconds an event (medians):');
  for (const stage of STAGES) console.log(`  ${stage.padEnd(20)} ${usOf(stage).toFixed(2)}`);
  const [value, reference] = [1e6 / usOf('all of the fold'), 1e6 / usOf('decode')];
  const ratio = value / reference;
  closeBench([{ bench: 'fold', size, unit: 'events/s', value, reference: { name: 'JSON.parse of the same events', value: reference }, ratio, aim: AIM, met: ratio >= AIM, peakMiB: peakMiB() }]); // prettier-ignore
}

/** Events as text, as a store gives them: a fold meets each object once, new. */
function* piecesOf(size: number): Generator<Texts> {
  let piece: { placementId: string; events: string[] }[] = [];
  for (const { placementId, events } of madePlacements(size, SEED)) {
    if (piece.push({ placementId, events: events.map(canonicalJson) }) < PIECE_PLACEMENTS) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/** Whatever a fold shares between the moments of a placement, at each it must say what its timeline says. */
function proveStates(piece: Texts): void {
  for (const history of decoded(piece)) {
    const { states } = foldPlacement(NO_ROWS, { ...history, from: null }, noRows());
    for (const state of states)
      if (!isDeepStrictEqual(state.timeline, timeline(history.events, state.readAt)))
        throw new Error('A state of the fold is not its timeline.');
  }
}

function foldAll(pieces: readonly Texts[]): { readonly told: Told; readonly us: Spent } {
  const us = { decode: 0, timelines: 0, chains: 0, 'rows for COPY': 0, 'all of the fold': 0 };
  const told = { events: 0, bytes: 0 };
  const digest = createHash('sha256');
  for (const piece of pieces) {
    // Twice: the stages apart, and the whole of it.
    const [histories, decode] = cpuUs(() => decoded(piece));
    const [persons, timelines] = cpuUs(() => timelinesOf(histories));
    const [, chains] = cpuUs(() => persons.forEach((person) => foldPerson(NO_ROWS, person, noRows())));
    const again = decoded(piece);
    const [{ changes, quarantined }, all] = cpuUs(() => foldSound(READ_MODELS, again));
    if (quarantined.length > 0) throw new Error('A made placement does not fold.');
    for (const { events } of histories) told.events += events.length;
    for (const { added } of changes.rows.values()) {
      told.bytes += added.length;
      digest.update(added.written);
    }
    us.decode += decode;
    us.timelines += timelines;
    us.chains += chains;
    us['rows for COPY'] += all - timelines - chains;
    us['all of the fold'] += all;
  }
  return { told: { ...told, digest: digest.digest('hex') }, us };
}

const decoded = (piece: Texts): Histories =>
  piece.map(({ placementId, events }) => ({ placementId, events: events.map((text) => JSON.parse(text) as PlacementEvent) })); // prettier-ignore

type Person = Parameters<typeof foldPerson>[1];

/** By person: made placements of one come one after the other. */
function timelinesOf(histories: Histories): readonly Person[] {
  const changes = noRows();
  const persons: { candidateId: string; placements: Person['placements'][number][] }[] = [];
  for (const history of histories) {
    const folded = foldPlacement(NO_ROWS, { ...history, from: null }, changes);
    const candidateId = folded.states.at(-1)?.timeline.registration?.candidateId ?? '';
    const before = persons.at(-1);
    if (before?.candidateId === candidateId) before.placements.push(folded);
    else persons.push({ candidateId, placements: [folded] });
  }
  return persons;
}

const noRows = (): Parameters<typeof foldPerson>[2] => ({
  rows: new Map(),
  rewrittenPlacements: [],
  rewrittenChains: [],
});

/** What work gives, and the processor time that it took. */
function cpuUs<T>(work: () => T): readonly [T, number] {
  const before = process.cpuUsage();
  const given = work();
  const { user, system } = process.cpuUsage(before);
  return [given, user + system];
}

main();
