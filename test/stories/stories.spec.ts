import { createMemoryEventStore, type RecordedEvent } from '@bestendig/event-store';
import { readHistory, validateHistoryLine, type HrMessage } from '@bestendig/hr-messages';
import { duurzaamheidSummary, NO_SUMMARY_COUNTS } from '@bestendig/duurzaamheid-domain';
import { PlacementService, type FactOutcome, type HrFact } from '@bestendig/placement-application';
import { chains, type Chain, type Phase, type Timeline } from '@bestendig/placement-domain';
import { Readable } from 'node:stream';
import { defensie } from './01-defensie.story';
import { waterschap } from './02-waterschap.story';
import { roc } from './03-roc.story';
import { provincie } from './04-provincie.story';
import { politie } from './05-politie.story';
import { umc } from './06-umc.story';
import { universiteit } from './07-universiteit.story';
import { scholengroep } from './08-scholengroep.story';
import { hogeschool } from './09-hogeschool.story';
import { basisscholen } from './10-basisscholen.story';
import { trainees } from './11-trainees.story';
import { onderzoekinstituut } from './12-onderzoekinstituut.story';
import { gemeente } from './13-gemeente.story';
import { rijk } from './14-rijk.story';
import type { Story } from './story';

const STORIES: readonly Story[] = [
  defensie,
  waterschap,
  roc,
  provincie,
  politie,
  umc,
  universiteit,
  scholengroep,
  hogeschool,
  basisscholen,
  trainees,
  onderzoekinstituut,
  gemeente,
  rijk,
];

type Told = {
  readonly outcomes: readonly FactOutcome[];
  readonly events: readonly RecordedEvent[];
  readonly timelines: ReadonlyMap<string, Timeline>;
  readonly chains: readonly Chain[];
  /** Employment key by placement id. */
  readonly keys: ReadonlyMap<string, string>;
};

/** Imports the messages as a file, one message a line, in the order given, and reads what came of them. */
async function told(messages: readonly HrMessage[]): Promise<Told> {
  const file = Readable.from([Buffer.from(messages.map((message) => JSON.stringify(message)).join('\n'))]);
  const facts: HrFact[] = [];
  for await (const line of readHistory(file)) {
    const checked = validateHistoryLine(line, { fileDigest: 'story', digestKey: Buffer.alloc(32, 1) });
    if (!checked.ok) throw new Error(`line ${line.line}: ${JSON.stringify(checked.refusal.errors)}`);
    facts.push(checked.fact);
  }
  const store = createMemoryEventStore();
  const service = new PlacementService({ store, secret: Buffer.alloc(32, 7) });
  const outcomes = await service.recordHrFacts(facts);
  const keys = new Map(facts.map(({ employmentKey }, index) => [outcomes[index]?.placementId ?? '', employmentKey]));
  const events: RecordedEvent[] = [];
  const timelines = new Map<string, Timeline>();
  const persons = new Map<string, { placementId: string; timeline: Timeline }[]>();
  for (const [placementId, key] of keys) {
    const known = await service.history(placementId);
    const { timeline } = known;
    events.push(...known.events);
    timelines.set(key, timeline);
    const person = timeline.registration?.candidateId ?? '';
    persons.set(person, [...(persons.get(person) ?? []), { placementId, timeline }]);
  }
  await store.close();
  return {
    outcomes,
    events,
    timelines,
    keys,
    chains: [...persons.values()].flatMap((placements) => chains(placements)),
  };
}

function phaseLine({ kind, firstDay, lastDay, plannedEnd, converted }: Phase): string {
  const planned = plannedEnd === null ? '' : ` (planned: ${plannedEnd})`;
  return `${kind} ${firstDay}..${lastDay ?? ''}${planned}${converted === undefined ? '' : converted ? ' converted' : ' not converted'}`;
}

function chainLines(chain: Chain, peildatum: string, keys: Told['keys']): readonly string[] {
  return chain.pieces
    .filter(({ firstDay }) => firstDay <= peildatum)
    .map(
      ({ firstDay, state, placementId }) =>
        `${firstDay} ${state.kind === 'ended' ? state.outcome : state.kind} ${keys.get(placementId)}`,
    );
}

describe.each(STORIES)('$title', (story) => {
  it('is accepted whole, and becomes the timelines, spells and outcomes that it tells', async () => {
    const result = await told(story.messages);
    expect(result.outcomes.filter(({ outcome }) => outcome === 'refused' || outcome === 'duplicate')).toEqual([]);
    const phases = Object.fromEntries(
      [...result.timelines].map(([key, timeline]) => [key, timeline.phases.map(phaseLine)]),
    );
    expect(phases).toEqual(
      Object.fromEntries(Object.entries(story.placements).map(([key, outcome]) => [key, outcome.phases])),
    );
    for (const [key, outcome] of Object.entries(story.placements)) {
      const timeline = result.timelines.get(key);
      expect(timeline).toMatchObject(outcome.timeline ?? {});
      expect(timeline?.notices.map(({ code }) => code)).toEqual(outcome.notices ?? []);
      expect(timeline?.facts.filter(({ verdict }) => verdict !== 'stands')).toEqual([]);
    }
    const began = result.chains.filter(({ day0 }) => day0 <= story.peildatum);
    expect(began.map((chain) => chainLines(chain, story.peildatum, result.keys))).toEqual(story.chains);
  });

  it('says the same in whatever order it is told', async () => {
    const forward = await told(story.messages);
    const backward = await told([...story.messages].reverse());
    for (const [key, { facts: _, ...timeline }] of forward.timelines)
      expect(backward.timelines.get(key)).toMatchObject(timeline);
    const byId = (one: Chain, other: Chain): number => (one.id < other.id ? -1 : 1);
    expect([...backward.chains].sort(byId)).toEqual([...forward.chains].sort(byId));
  });
});

describe('the stories together', () => {
  it('keep what is assumed marked as assumed, in every event that rests on it', async () => {
    const { events } = await told(hogeschool.messages);
    const assumed = events.map(({ type, data }) => [type, Reflect.get(data, 'assumed'), Reflect.get(data, 'inexact')]);
    expect(assumed).toContainEqual([
      'PlacementRegistered',
      ['hoursPerWeek', 'aboveFormation'],
      { effectiveDate: { precision: 'month', assumed: true } },
    ]);
    expect(assumed).toContainEqual([
      'ContractExtended',
      undefined,
      { effectiveDate: { precision: 'day', assumed: true } },
    ]);
  });

  it('give the figures that one counts by hand', async () => {
    const all = (await Promise.all(STORIES.map(({ messages }) => told(messages)))).flatMap((story) => story.chains);
    const question = {
      peildatum: '2019-01-31',
      knownAt: '2030-01-01T00:00:00.000000Z',
      cohort: 'year',
      horizons: [12],
    } as const;
    const { rows, leftOut } = duurzaamheidSummary(all, question);
    const lines = rows.map(({ cohort, cells: [cell] }) => {
      const { stillInWork, uitval, unknown, notMature, lateEntry } = cell ?? NO_SUMMARY_COUNTS;
      return `${cohort}: ${stillInWork} in work, ${uitval} uitval, ${unknown} unknown, ${notMature} not mature, ${lateEntry} late`;
    });
    expect(lines).toEqual([
      '2012: 0 in work, 0 uitval, 0 unknown, 0 not mature, 1 late',
      '2014: 1 in work, 0 uitval, 0 unknown, 0 not mature, 0 late',
      '2015: 1 in work, 0 uitval, 0 unknown, 0 not mature, 0 late',
      '2016: 5 in work, 0 uitval, 0 unknown, 0 not mature, 0 late',
      '2017: 9 in work, 1 uitval, 1 unknown, 0 not mature, 0 late',
      '2018: 0 in work, 1 uitval, 0 unknown, 10 not mature, 0 late',
      '2019: 0 in work, 0 uitval, 0 unknown, 1 not mature, 0 late',
    ]);
    expect(leftOut.afterObservation).toBe(1);
  });
});
