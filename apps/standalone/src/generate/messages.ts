import type { PlacementFact, RETRACTION_REASONS } from '@bestendig/placement-domain';

import { officeSecond } from './calendar';
import { REPORTED_BEFORE } from './assumptions';
import { employmentKeyElsewhere, messageId } from './persons';
import type { Plan } from './plan';
import type { Random } from './random';
import { deliverySecond, lateDays } from './reporting';
import { SOURCES } from './sources';
import type { Told } from './told';

/** What one line of the file says. */
export type Content =
  | { readonly kind: 'fact'; readonly fact: PlacementFact }
  | { readonly kind: 'correction'; readonly corrects: string; readonly fact: PlacementFact }
  | {
      readonly kind: 'retraction';
      readonly retracts: string;
      readonly reason: (typeof RETRACTION_REASONS)[number];
      readonly effectiveDate: string;
    };

export type Message = {
  /** Empty: the source gives this one no id. */
  readonly id: string;
  readonly content: Content;
  /** The day it is about. */
  readonly day: number;
  /** When the source tells it, in seconds since 1970. */
  readonly second: number;
  /** Told by another source, which has a key of its own for the employment. */
  readonly elsewhere?: { readonly source: string; readonly employment: string };
};

/** The messages of one placement as they are made; ids count up. */
export type Outbox = {
  readonly plan: Plan;
  readonly random: Random;
  readonly messages: Message[];
  nextOrdinal: number;
};

/** Facts of a source are no more than a day's work apart from the registration: before it hardly any comes. */
const WAITS_FOR_REGISTRATION = 0.92;
/** Whole registrations are less often late than single facts. */
const REGISTRATION_LATE_WEIGHT = 0.5;
/** Only facts that nothing will ever refer to are sent without an id. */
const NEEDS_NO_ID = new Set<PlacementFact['type']>(['BuddyAssigned', 'BuddyEnded', 'TrainingCompleted', 'WorkChanged']);

/** Gives each fact its moment and its id, and hands it to `send` (slips.ts), which may make more of it than one message. */
export function messagesOf(
  random: Random,
  plan: Plan,
  facts: readonly Told[],
  send: (outbox: Outbox, told: Told, second: number) => void,
): readonly Message[] {
  const outbox: Outbox = { plan, random, messages: [], nextOrdinal: 1 };
  let notBefore = 0;
  for (const told of facts) {
    const registration = told.fact.type === 'PlacementRegistered';
    const late = lateDays(random, plan.source, registration ? REGISTRATION_LATE_WEIGHT : 1);
    const second = deliverySecond(random, plan.source, told.knownOn + late);
    if (registration && late === 0 && random.chance(WAITS_FOR_REGISTRATION)) notBefore = second;
    send(outbox, told, second < notBefore ? notBefore + random.between(1, 600) : second);
  }
  const end = officeSecond(REPORTED_BEFORE, 0);
  return outbox.messages.filter((message) => message.second < end).sort((a, b) => a.second - b.second);
}

/** Adds a message and gives its id. */
export function post(outbox: Outbox, content: Content, day: number, second: number): string {
  const { plan, random } = outbox;
  const withoutId =
    content.kind === 'fact' && NEEDS_NO_ID.has(content.fact.type) && random.chance(plan.source.withoutIdShare);
  const id = withoutId ? '' : messageId(plan.start, outbox.nextOrdinal);
  outbox.nextOrdinal += 1;
  outbox.messages.push({ id, content, day, second });
  return id;
}

/** A later delivery of the same source, `early` to `late` days on. */
export function laterSecond(outbox: Outbox, second: number, early: number, late: number): number {
  const day = Math.floor(second / 86_400) + outbox.random.between(early, late);
  return deliverySecond(outbox.random, outbox.plan.source, day);
}

/** Adds a message of the payroll source, which knows of a job that another source registered, under its own key. */
export function postElsewhere(outbox: Outbox, content: Content, day: number, second: number): void {
  const { plan } = outbox;
  const payroll = SOURCES.find(({ habit }) => habit === 'monthly');
  if (payroll === undefined || payroll === plan.source) return;
  const elsewhere = { source: payroll.urn, employment: employmentKeyElsewhere(plan.start) };
  outbox.messages.push({ id: messageId(plan.start, outbox.nextOrdinal), content, day, second, elsewhere });
  outbox.nextOrdinal += 1;
}
