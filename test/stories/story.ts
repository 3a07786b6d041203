import type { HrMessage } from '@bestendig/hr-messages';
import type { Timeline } from '@bestendig/placement-domain';

/**
 * One of the success stories of public employers (Verbond Sectorwerkgevers Overheid, 2019), told as the messages that
 * its HR department would have sent. Nobody is named. What the story leaves open is left open where a message can; where
 * it cannot, the value is assumed and says so: a date by its `~`, another field by its name in `assumed`.
 */
export type Story = {
  readonly title: string;
  /** Day on which the story is read: about when it was told. */
  readonly peildatum: string;
  readonly messages: readonly HrMessage[];
  /** What each placement, by its employment key, must come to. */
  readonly placements: { readonly [employment: string]: Outcome };
  /** Where each chain must stand, day by day until the peildatum: first day, state, employment key. */
  readonly chains: readonly (readonly string[])[];
};

export type Outcome = {
  /** `kind first day..last day (planned: day)`. */
  readonly phases: readonly string[];
  /** Codes of what is noticed beside; none where left out. */
  readonly notices?: readonly string[];
  /** What else the timeline must say. */
  readonly timeline?: Partial<Timeline>;
};

/** Oin of the sectors' employers, made up. */
export function organisation(number: number): string {
  return `oin:${String(number).padStart(20, '0')}`;
}

export type Tell = (
  type: string,
  employment: string,
  data: Readonly<Record<string, unknown>>,
  time?: string,
) => HrMessage;

/** The HR system of one organisation: its messages as CloudEvents, numbered in the order told. */
export function hrOf(number: number, toldAt = '2019-01-15T09:00:00Z'): Tell {
  const source = `urn:nld:oin:${String(number).padStart(20, '0')}:systeem:hr`;
  let count = 0;
  return (type, employment, data, time = toldAt) => {
    count += 1;
    return {
      specversion: '1.0',
      id: `m${count}`,
      source,
      type: `nl.bestendig.hr.${type}.v1`,
      time,
      data: { employment, ...data },
    };
  };
}
