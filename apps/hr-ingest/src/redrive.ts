import type { DeadLetter, Intake } from '@bestendig/intake';
import { KafkaError, type Kafka, type ReceivedMessage, type Sender } from '@bestendig/kafka';
import { pause } from '@bestendig/reactions';
import { deliveryOf, sentAgain } from './dead-letter-message';

/** Letters sent again between two looks at the ledger. */
const LETTERS_AT_ONCE = 200;
const LOOK_MS = 1_000;

type Parts = {
  readonly kafka: Kafka;
  readonly sender: Sender;
  readonly intake: Intake;
  readonly topic: string;
  /** Of that topic. */
  readonly partitions: number;
  readonly signal: AbortSignal;
  readonly onFailure: (error: unknown) => void;
  readonly onSent?: (count: number) => void;
};

/**
 * Sends dead letters again that somebody asked for, by API or command, until the signal aborts. Each is then a delivery of
 * its own with an outcome of its own. A kill between sending and noting it sends a letter twice: the second is a duplicate.
 */
export async function redriveWhatIsAsked(parts: Parts): Promise<void> {
  while (!parts.signal.aborted) {
    const sent = await redriveSome(parts).catch((error: unknown) => {
      if (!parts.signal.aborted) parts.onFailure(error);
      return 0;
    });
    if (sent < LETTERS_AT_ONCE) await pause(LOOK_MS, parts.signal);
  }
}

async function redriveSome(parts: Parts): Promise<number> {
  const claimed = await parts.intake.deadLetters.claim(LETTERS_AT_ONCE);
  for (const topic of new Set(claimed.map((letter) => letter.topic))) {
    const letters = claimed.filter((letter) => letter.topic === topic);
    const messages = await readLetters(parts.kafka, topic, letters);
    for (const [index, letter] of letters.entries()) await redriveOne(parts, letter, messages[index] ?? null);
  }
  return claimed.length;
}

/** A topic that is gone has none of them any more. */
async function readLetters(kafka: Kafka, topic: string, letters: readonly DeadLetter[]): Promise<readonly (ReceivedMessage | null)[]> {
  try {
    return await kafka.read(topic, letters);
  } catch (error) {
    if (error instanceof KafkaError && error.code === 'noTopic') return letters.map(() => null);
    throw error;
  }
}

/** Noted one by one: where a later one fails, those before are not sent again. */
async function redriveOne({ sender, intake, topic, partitions, onSent }: Parts, letter: DeadLetter, message: ReceivedMessage | null): Promise<void> {
  // Where the letters' topic was made anew, another letter may stand in its place.
  if (message === null || deliveryOf(message) !== letter.origin) return intake.deadLetters.sent([letter.origin], 'noLongerKept');
  try {
    await sender.send(topic, [sentAgain(message, { origin: letter.origin, cycle: letter.cycle + 1, partitions })]);
  } catch (error) {
    if (error instanceof KafkaError && error.code === 'tooLarge') return intake.deadLetters.sent([letter.origin], 'tooLarge');
    throw error;
  }
  await intake.deadLetters.sent([letter.origin]);
  onSent?.(1);
}
