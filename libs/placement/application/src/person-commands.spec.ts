import { createMemoryEventStore, type EventStore } from '@bestendig/event-store';
import type { Fact } from '@bestendig/placement-domain';
import { historyOf } from './history';
import { keyId, placementStream } from './keys';
import { commandFor, newIdsOf, type PersonCommand } from './person-commands';
import { PlacementService } from './placement-service';
import { contractSigned, message, registered, SECRET, SOURCE } from './testing/messages';

const CALLER = { actor: 'petra', organisation: 'oin:00000001234567890000' };
const PLACEMENT = keyId(SECRET, 'placement', SOURCE, 'job-1');

let store: EventStore;
let service: PlacementService;
beforeEach(() => {
  store = createMemoryEventStore();
  service = new PlacementService({ store, secret: SECRET });
});
afterEach(() => store.close());

const ask = (fact: Fact, over: Partial<PersonCommand> = {}): PersonCommand => ({
  placementId: PLACEMENT,
  command: commandFor(fact),
  content: fact.data,
  caller: CALLER,
  route: 'placements/{id}/fact',
  idempotencyKey: 'key-1',
  ifMatch: 'any',
  at: '2024-06-01T08:00:00.000000Z',
  ...over,
});
const signed: Fact = { type: 'ContractSigned', data: { effectiveDate: '2023-03-01', form: 'arbeidsovereenkomst', plannedEnd: '2024-02-29' } };
const ended: Fact = { type: 'ContractEnded', data: { effectiveDate: '2023-12-31', endCode: '20' } };
const eventCount = async () => (await store.readStream(placementStream(PLACEMENT))).length;

test('a command that breaks no rule is recorded in the name of who gave it, without a source', async () => {
  await service.recordHrFacts([registered('job-1', 'anna')]);
  const result = await service.execute(ask(signed, { ifMatch: 0 }));
  expect(result).toMatchObject({ placementId: PLACEMENT, revision: 1, repeated: false });
  const entry = historyOf(await service.history(PLACEMENT)).at(-1);
  expect(entry).toMatchObject({ type: 'ContractSigned', byPerson: true, source: null, actor: 'petra', messageId: 'key-1', verdict: { verdict: 'stands' } });
});

test('a command that breaks a rule is refused with its code, and nothing is recorded', async () => {
  await service.recordHrFacts([registered('job-1', 'anna')]);
  await expect(service.execute(ask(ended))).rejects.toMatchObject({ code: 'noContract' });
  expect(await eventCount()).toBe(1);
});

test('If-Match names the revision that was seen; another one is refused, and nothing is recorded', async () => {
  await service.recordHrFacts([registered('job-1', 'anna'), contractSigned('job-1')]);
  await expect(service.execute(ask(ended, { ifMatch: 0 }))).rejects.toMatchObject({ code: 'revisionMismatch' });
  expect((await service.execute(ask(ended, { ifMatch: 1 }))).revision).toBe(2);
});

test('the same key with the same content gives the first result, before any revision is compared; with other content it is refused', async () => {
  await service.recordHrFacts([registered('job-1', 'anna'), contractSigned('job-1')]);
  const first = await service.execute(ask(ended, { ifMatch: 1 }));
  await service.recordHrFacts([message('JobcoachAssigned', 'job-1', { effectiveDate: '2023-04-01', kind: 'external', level: 'licht' })]);
  expect(await service.execute(ask(ended, { ifMatch: 1, at: '2024-06-02T08:00:00.000000Z' }))).toEqual({ ...first, repeated: true });
  await expect(service.execute(ask({ ...ended, data: { effectiveDate: '2023-11-30' } }, { ifMatch: 1 }))).rejects.toMatchObject({ code: 'idReusedWithOtherContent' });
  expect(await eventCount()).toBe(4);
});

test('of two commands on one revision one wins and the other is told; without a revision both are decided in turn', async () => {
  await service.recordHrFacts([registered('job-1', 'anna'), contractSigned('job-1')]);
  const coach: Fact = { type: 'JobcoachAssigned', data: { effectiveDate: '2023-04-01', kind: 'external', level: 'licht' } };
  const buddy: Fact = { type: 'BuddyAssigned', data: { effectiveDate: '2023-04-01' } };
  const both = await Promise.allSettled([service.execute(ask(coach, { ifMatch: 1 })), service.execute(ask(buddy, { ifMatch: 1, idempotencyKey: 'key-2' }))]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const racing = [1, 2, 3, 4, 5].map((n) => service.execute(ask({ type: 'HoursChanged', data: { effectiveDate: `2023-05-0${n}`, hoursPerWeek: 20 + n } }, { idempotencyKey: `hours-${n}` })));
  expect((await Promise.all(racing)).map(({ revision }) => revision).sort()).toEqual([3, 4, 5, 6, 7]);
});

test('a person registers a placement: its id follows from the command, so that sending it again makes no second one', async () => {
  const ids = newIdsOf({ organisation: CALLER.organisation, caller: CALLER.actor, route: 'placements', idempotencyKey: 'new-1' });
  const [hr] = registered('x', 'y').facts;
  if (hr?.type !== 'PlacementRegistered') throw new Error('not a registration');
  const registration: Fact = { type: 'PlacementRegistered', data: { ...hr.data, candidateId: ids.candidateId } };
  const command = ask(registration, { placementId: ids.placementId, ifMatch: 'new', idempotencyKey: 'new-1', route: 'placements' });
  const first = await service.execute(command);
  expect(await service.execute(command)).toEqual({ ...first, repeated: true });
  expect((await service.history(ids.placementId)).timeline.registration?.candidateId).toBe(ids.candidateId);
});

test('a parked fact is set aside with a reason; one that stands is not', async () => {
  const [parked] = await service.recordHrFacts([contractSigned('job-1')]);
  const [eventId = ''] = parked?.eventIds ?? [];
  const discard: Fact = { type: 'FactDiscarded', data: { effectiveDate: '2024-06-01', discards: { eventId }, reason: 'notOurPlacement' } };
  await service.execute(ask(discard));
  expect((await service.history(PLACEMENT)).timeline.facts.find((fact) => fact.eventId === eventId)?.verdict).toBe('discarded');
  const [stands] = await service.recordHrFacts([registered('job-1', 'anna')]);
  const other: Fact = { type: 'FactDiscarded', data: { ...discard.data, discards: { eventId: stands?.eventIds[0] ?? '' }, reason: 'notOurPlacement' } };
  await expect(service.execute(ask(other, { idempotencyKey: 'key-2' }))).rejects.toMatchObject({ code: 'factNotParked' });
});

test('a correction names the event; the history points both ways', async () => {
  const [, recorded] = await service.recordHrFacts([registered('job-1', 'anna'), contractSigned('job-1')]);
  const [eventId = ''] = recorded?.eventIds ?? [];
  const correction: Fact = { type: 'FactCorrected', data: { effectiveDate: '2023-03-06', corrects: { eventId }, replacement: { type: 'ContractSigned', data: { effectiveDate: '2023-03-06', form: 'arbeidsovereenkomst' } } } };
  const { eventIds } = await service.execute(ask(correction));
  const known = await service.history(PLACEMENT);
  const history = historyOf(known);
  expect(history.find((entry) => entry.eventId === eventId)).toMatchObject({ referredToBy: eventIds, verdict: { verdict: 'superseded', by: eventIds[0] } });
  expect(history.at(-1)?.refersTo).toEqual([eventId]);
  expect(known.timeline.spells[0]?.firstDay).toBe('2023-03-06');
  expect(await service.history(PLACEMENT, known.events[0]?.knownTime)).toMatchObject({ timeline: { spells: [{ firstDay: '2023-03-01' }] } });
});

test('a placement nobody told of is unknown, and was unknown before its first fact', async () => {
  await expect(service.execute(ask(signed))).rejects.toMatchObject({ code: 'placementUnknown' });
  await service.recordHrFacts([registered('job-1', 'anna')]);
  await expect(service.history(PLACEMENT, '2001-01-01T00:00:00.000000Z')).rejects.toMatchObject({ code: 'placementUnknown' });
});

test('what became of a message can be asked at any time', async () => {
  const [outcome] = await service.recordHrFacts([contractSigned('job-1')]);
  const now = await service.messageNow(PLACEMENT, outcome?.eventIds ?? []);
  expect(now).toEqual({ placementId: PLACEMENT, facts: [{ eventId: outcome?.eventIds[0], verdict: 'parked', reason: 'notRegistered' }] });
  await service.recordHrFacts([registered('job-1', 'anna')]);
  expect((await service.messageNow(PLACEMENT, outcome?.eventIds ?? [])).facts).toMatchObject([{ verdict: 'stands', reason: null }]);
});
