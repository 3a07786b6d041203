import type { DeadLetter, Intake } from '@bestendig/intake';
import type { Kafka, OutgoingMessage, Sender } from '@bestendig/kafka';
import { pause } from '@bestendig/reactions';
import { sentAgain } from './dead-letter-message';

/** Letters sent again between two looks at the ledger. */
const LETTERS_AT_ONCE = 200;
const LOOK_MS = 1_000;

type Parts = {
  readonly kafka: Kafka;
  readonly sender: Sender;
  readonly intake: Intake;
  readonly topic: string;
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

async function redriveSome({ kafka, sender, intake, topic, onSent }: Parts): Promise<number> {
  const asked = await intake.deadLetters.asked(LETTERS_AT_ONCE);
  const found: { readonly letter: DeadLetter; readonly message: OutgoingMessage }[] = [];
  const gone: string[] = [];
  for (const from of new Set(asked.map((letter) => letter.topic))) {
    const letters = asked.filter((letter) => letter.topic === from);
    const messages = await kafka.read(from, letters);
    letters.forEach((letter, index) => {
      const message = messages[index] ?? null;
      if (message === null) gone.push(letter.origin);
      else found.push({ letter, message: sentAgain(message, letter.cycle + 1) });
    });
  }
  if (gone.length > 0) await intake.deadLetters.sent(gone, 'noLongerKept');
  if (found.length > 0) {
    await sender.send(topic, found.map(({ message }) => message)); // prettier-ignore
    await intake.deadLetters.sent(found.map(({ letter }) => letter.origin));
    onSent?.(found.length);
  }
  return asked.length;
}
