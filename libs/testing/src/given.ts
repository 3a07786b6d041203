import {
  decide,
  PlacementRuleError,
  timeline,
  type Decision,
  type Fact,
  type FactData,
  type PlacementCommand,
  type PlacementEvent,
  type PlacementRuleCode,
  type Timeline,
} from '@bestendig/placement-domain';

/** A fact with what of its envelope a test cares about. */
export type Told = { readonly fact: Fact } & Partial<Omit<PlacementEvent, 'type' | 'data'>>;

/** Facts of one placement in the order told. */
export type Story = readonly (Fact | Told)[];

/** A fact by its type's name and data. */
export function fact<Type extends keyof FactData>(type: Type, data: FactData[Type]): Extract<Fact, { type: Type }>;
export function fact(type: keyof FactData, data: FactData[keyof FactData]): unknown {
  return { type, data };
}

/** The same fact, told otherwise than the rest: by whom, when, under which id. */
export function told(fact: Fact, envelope: Omit<Told, 'fact'>): Told {
  return { fact, ...envelope };
}

export type Given = {
  readonly events: readonly PlacementEvent[];
  timeline(knownAt?: string): Timeline;
  /** In the order in which the facts were told: `stands`, `parked: noContract`, `superseded by e3` ... */
  verdicts(knownAt?: string): readonly string[];
  /** Decides a command on what is given. */
  when(command: PlacementCommand): {
    /** What is to be recorded. */
    then(...facts: readonly Fact[]): Decision;
    thenRefuses(code: PlacementRuleCode): PlacementRuleError;
  };
};

/**
 * Facts of one placement in the order told: event `e1` of message `m1`, then `e2` ..., each reported and recorded a
 * minute after the one before by one source, where the test does not say otherwise.
 */
export function given(...facts: Story): Given {
  const events = facts.map(asEvent);
  return {
    events,
    timeline: (knownAt) => timeline(events, knownAt),
    verdicts: (knownAt) => verdictTexts(events, timeline(events, knownAt)),
    when: (command) => ({
      then: (...expected) => {
        const decision = decide(command, timeline(events));
        expect(decision.events).toEqual(expected);
        return decision;
      },
      thenRefuses: (code) => {
        const error = refusal(() => decide(command, timeline(events)));
        expect(error.code).toBe(code);
        return error;
      },
    }),
  };
}

/** The moment at which the fact of that number (from 1) was told. */
export function moment(number: number): string {
  const [hours, minutes] = [Math.floor(number / 60), number % 60].map((part) => String(part).padStart(2, '0'));
  return `2030-01-01T${hours}:${minutes}:00.000000Z`;
}

function asEvent(one: Fact | Told, index: number): PlacementEvent {
  const number = index + 1;
  const { fact: said, ...envelope } = 'fact' in one ? one : { fact: one };
  return {
    id: `e${number}`,
    recordedAt: moment(number),
    reportedAt: moment(number),
    source: 'urn:nld:oin:00000001000000001000:systeem:hr',
    messageId: `m${number}`,
    byPerson: false,
    ...envelope,
    ...said,
  };
}

function verdictTexts(events: readonly PlacementEvent[], { facts }: Timeline): readonly string[] {
  return events.flatMap(({ id }) => {
    const verdict = facts.find(({ eventId }) => eventId === id);
    if (verdict === undefined) return [];
    if (verdict.verdict === 'stands') return ['stands'];
    if (verdict.verdict !== 'parked') return [`${verdict.verdict} by ${verdict.by}`];
    return [`parked: ${verdict.reason}${verdict.because === undefined ? '' : ` because of ${verdict.because}`}`];
  });
}

function refusal(act: () => unknown): PlacementRuleError {
  try {
    act();
  } catch (error) {
    if (error instanceof PlacementRuleError) return error;
    throw error;
  }
  throw new Error('the command was not refused');
}
