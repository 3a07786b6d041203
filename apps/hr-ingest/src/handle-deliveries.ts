import type { Delivery, DeliveryRow, Intake } from '@bestendig/intake';
import { KafkaError, type OutgoingMessage, type ReceivedMessage, type Sender, type Sent } from '@bestendig/kafka';
import type { FactOutcome, PlacementService } from '@bestendig/placement-application';
import { cycleOf, deadLetterOf, deadLetterTopic, withoutBytes } from './dead-letter-message';
import { HrIngestError, isOfAMessage } from './errors';
import { judge, rowOf, type Judged, type Letter } from './judge';
import { firstOutcomeMessage, type OutcomeTopic } from './outcome-messages';
import { originOf, type TopicLife } from './origins';

export type Parts = {
  readonly life: TopicLife;
  readonly group: string;
  readonly secret: Buffer;
  readonly service: Pick<PlacementService, 'recordHrFacts'>;
  readonly intake: Intake;
  readonly sender: Sender;
  readonly outcomes: OutcomeTopic;
  /** Of the topic of dead letters. */
  readonly letterPartitions: number;
  /** Told of each batch: how many of each outcome, redeliveries included. */
  readonly onHandled?: (counts: Readonly<Record<string, number>>) => void;
  /** Told of a message that could not be handled though nothing was away: a defect of ours. */
  readonly onDefect?: (origin: string, error: unknown) => void;
};

/** What became of a delivery: its row, and for a duplicate the outcome of the delivery that was recorded. */
type Outcome = { readonly judged: Judged; readonly row: DeliveryRow; readonly first: FactOutcome['first']; readonly letter: Letter | null };

/**
 * Gives every message its first outcome, durable and told, before the offset moves on. In this order, so that a kill
 * between any two steps loses nothing: facts are appended, dead letters written, rows of the ledger written, outcomes
 * told. Whatever is done a second time after a kill adds nothing but a message that was told before, with the same id.
 */
export class HrDeliveries {
  /** By partition: the offset after the last one handled, and whether messages may have been handled before. */
  private readonly reached = new Map<number, { readonly next: bigint; readonly wereHandled: boolean }>();

  constructor(private readonly parts: Parts) {}

  /** Other partitions, or the same again after another consumer had them: what was handled meanwhile is asked of the ledger. */
  assigned(): void {
    this.reached.clear();
  }

  /**
   * Messages of one partition, in order. Rejects where a store or the broker is away: they are then to be given again.
   *
   * @param lost aborts when the partition is another consumer's, or all is to end: nothing more is written then
   */
  async handle(messages: readonly ReceivedMessage[], lost: AbortSignal): Promise<void> {
    try {
      await this.handleAll(messages.map((message) => this.judged(message)), lost);
    } catch (error) {
      if (lost.aborted || !isOfAMessage(error)) throw error;
      if (messages.length > 1) for (const message of messages) await this.handle([message], lost);
      else await this.setAside(messages, error, lost);
    }
  }

  private async handleAll(judged: readonly Judged[], lost: AbortSignal): Promise<void> {
    const known = await this.knownOf(judged);
    for (const one of judged) requireSame(one, known.get(one.origin));
    await this.finish(judged, await this.decide(judged, known), lost);
  }

  /** A message that makes us stumble is set aside, so that those behind it are not kept waiting. What may hold a BSN is refused all the same. */
  private async setAside(messages: readonly ReceivedMessage[], error: unknown, lost: AbortSignal): Promise<void> {
    const judged = messages.map((message): Judged => {
      const one = this.judged(message);
      if (one.kind === 'refused') throw error;
      this.parts.onDefect?.(one.origin, error);
      const { origin, digest } = one;
      return { message, origin, digest, kind: 'deadLetter', code: 'notHandled', faults: [{ pointer: '', code: 'notHandled' }], source: null, messageId: null };
    });
    await this.finish(judged, await this.decide(judged, await this.knownOf(judged)), lost);
  }

  private judged(message: ReceivedMessage): Judged {
    return judge(message, originOf(this.parts.life, message), this.parts.secret);
  }

  private async decide(judged: readonly Judged[], known: ReadonlyMap<string, Delivery>): Promise<Decided> {
    const facts = judged.flatMap((one) => (one.kind === 'fact' && !isClosed(known.get(one.origin)) ? [one.fact] : []));
    const recorded = facts.length === 0 ? [] : await this.parts.service.recordHrFacts(facts);
    const byOrigin = new Map(recorded.map((outcome) => [outcome.origin, outcome]));
    return { known, outcomes: judged.map((one) => outcomeOf(one, known.get(one.origin), byOrigin.get(one.origin))) };
  }

  private async finish(judged: readonly Judged[], { known, outcomes }: Decided, lost: AbortSignal): Promise<void> {
    const { intake, sender, outcomes: topic } = this.parts;
    const fresh = outcomes.filter(({ row }) => !known.has(row.origin));
    if (lost.aborted) throw new KafkaError('unavailable', 'The partition is another consumer’s by now.');
    await this.writeDeadLetters(fresh);
    await intake.record(fresh.map(({ row }) => row));
    const times = await this.decidedAt(outcomes, known);
    await sender.send(topic.name, outcomes.map(({ judged, row, first }, n) => firstOutcomeMessage(topic, judged, row, first, times[n] ?? ''))); // prettier-ignore
    this.moveOn(judged, known.size > 0);
    this.parts.onHandled?.(countsOf(outcomes));
  }

  /** When each was decided: what it recorded, when that was; anything else when the ledger took it. */
  private async decidedAt(outcomes: readonly Outcome[], known: ReadonlyMap<string, Delivery>): Promise<readonly string[]> {
    const recordedAt = ({ outcome, recordedAt: at }: DeliveryRow) => (outcome === 'accepted' || outcome === 'parked' ? at : null);
    const unread = outcomes.flatMap(({ row }) => (recordedAt(row) === null && !known.has(row.origin) ? [row.origin] : []));
    const rows = unread.length === 0 ? [] : await this.parts.intake.byOrigins(unread);
    const takenAt = new Map([...known.values(), ...rows].map(({ origin, receivedAt }) => [origin, receivedAt]));
    return outcomes.map(({ row }) => {
      const at = recordedAt(row) ?? takenAt.get(row.origin);
      if (at === undefined) throw new RangeError('an outcome without its time');
      return at;
    });
  }

  private async writeDeadLetters(outcomes: readonly Outcome[]): Promise<void> {
    const { intake, sender, life, group, letterPartitions: partitions } = this.parts;
    const letters = outcomes.flatMap(({ judged, letter }) => (letter === null ? [] : [{ ...judged, letter }]));
    if (letters.length === 0) return;
    const topic = deadLetterTopic(life.topic);
    const sent = await sendLetters(sender, topic, letters.map(({ message, origin, letter }) => deadLetterOf({ message, origin, ...letter, group, partitions }))); // prettier-ignore
    await intake.deadLetters.record(
      letters.map(({ message, origin, letter: { code } }, index) => {
        const place = sent[index];
        if (place === undefined) throw new RangeError('a dead letter without its place');
        return { origin, topic, ...place, cycle: cycleOf(message), code };
      }),
    );
  }

  /**
   * Rows of those deliveries that have one, from before a kill, a rebalance, or since offset zero was chosen. Rows are
   * written in the order of the offsets: where a whole batch has none, no later one has, until an offset comes back.
   */
  private async knownOf(judged: readonly Judged[]): Promise<ReadonlyMap<string, Delivery>> {
    const [first] = judged;
    if (first === undefined) return new Map();
    const reached = this.reached.get(first.message.partition);
    if (reached !== undefined && !reached.wereHandled && BigInt(first.message.offset) >= reached.next) return new Map();
    const rows = await this.parts.intake.byOrigins(judged.map(({ origin }) => origin));
    return new Map(rows.map((row) => [row.origin, row]));
  }

  private moveOn(judged: readonly Judged[], wereHandled: boolean): void {
    const last = judged.at(-1)?.message;
    if (last !== undefined) this.reached.set(last.partition, { next: BigInt(last.offset) + 1n, wereHandled });
  }
}

/** Where the letters came to stand. One that the topic takes in no size is written without its bytes. */
async function sendLetters(sender: Sender, topic: string, letters: readonly OutgoingMessage[]): Promise<readonly Sent[]> {
  try {
    const sent = await sender.send(topic, letters);
    // Written by a request whose answer was lost: written once more, so that it is known where.
    return sent.some(({ offset }) => offset === '-1') ? await sender.send(topic, letters) : sent;
  } catch (error) {
    if (!(error instanceof KafkaError) || error.code !== 'tooLarge') throw error;
    const [only] = letters;
    if (letters.length === 1 && only !== undefined) return sender.send(topic, [withoutBytes(only)]);
    const sent: Sent[] = [];
    for (const letter of letters) sent.push(...(await sendLetters(sender, topic, [letter])));
    return sent;
  }
}

type Decided = { readonly known: ReadonlyMap<string, Delivery>; readonly outcomes: readonly Outcome[] };

/** Refused or set aside the first time: that stays so, also where the contract would take it by now. */
const isClosed = (known: Delivery | undefined): boolean => known?.outcome === 'refused' || known?.outcome === 'deadLetter';

function outcomeOf(judged: Judged, known: Delivery | undefined, recorded: FactOutcome | undefined): Outcome {
  const nothing = { judged, first: null, letter: null };
  if (known !== undefined && (isClosed(known) || judged.kind !== 'fact')) return { ...nothing, row: known };
  if (judged.kind === 'refused') return { ...nothing, row: rowOf(judged, 'refused', { code: 'mayHoldBsn', source: null, messageId: null, fields: judged.fields }) };
  if (judged.kind === 'deadLetter') return setAsideAs(judged, judged);
  if (recorded === undefined) throw new RangeError('a message without an outcome');
  if (recorded.outcome !== 'refused') return { ...nothing, row: known ?? recorded, first: recorded.first };
  // The one reason for which a fact that keeps the contract is not recorded.
  const code = 'idReusedWithOtherContent';
  return setAsideAs(judged, { code, faults: [{ pointer: '/id', code }], source: recorded.source, messageId: recorded.messageId });
}

function setAsideAs(judged: Judged, letter: Letter): Outcome {
  // Of what is wrong with the message as a whole there is nothing to point at.
  const fields = letter.faults.map(({ pointer }) => pointer).filter((pointer) => pointer !== '');
  return { judged, row: rowOf(judged, 'deadLetter', { ...letter, fields }), first: null, letter };
}

/** A topic that was made anew counts from 0 again. Its messages must not be taken for those of its life before: nothing would be recorded of them. */
function requireSame(judged: Judged, known: Delivery | undefined): void {
  if (known === undefined || isSame(judged, known)) return;
  throw new HrIngestError('topicMadeAnew', `Another message was delivered as ${judged.origin} before: the topic was made anew. Set HR_FACTS_TOPIC_EPOCH one higher, and nothing of either is lost.`);
}

/** Of a fact the row has source and id; of everything else a digest of the bytes. What is no fact any more, because a rule became stricter, is known by what of it can be read. */
function isSame(judged: Judged, known: Delivery): boolean {
  if (isClosed(known)) return known.digest === judged.digest;
  if (judged.kind === 'refused') return true;
  const { source, messageId } = judged.kind === 'fact' ? judged.fact : judged;
  return known.source === source && known.messageId === messageId;
}

function countsOf(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { row } of outcomes) counts[row.outcome] = (counts[row.outcome] ?? 0) + 1;
  return counts;
}
