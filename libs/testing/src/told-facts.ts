import {
  timeline,
  type Fact,
  type PlacementEvent,
  type PlacementFactData,
  type Timeline,
} from '@bestendig/placement-domain';

/** A placement told as facts, and its timeline. */
export type ToldPlacement = {
  readonly placementId: string;
  readonly events: readonly PlacementEvent[];
  readonly timeline: Timeline;
};

/**
 * A placement from its facts, in the order in which they became known. Each is one message of one source, recorded at a
 * moment of its own; `registered()` comes first unless the facts begin with a registration.
 */
export function placement(placementId: string, ...facts: readonly Fact[]): ToldPlacement {
  const whole = facts[0]?.type === 'PlacementRegistered' ? facts : [registered(), ...facts];
  const events = whole.map((fact, index): PlacementEvent => {
    const moment = `2030-01-01T00:00:${String(index).padStart(2, '0')}.000000Z`;
    const envelope = { source: 'urn:test', messageId: `${placementId}-${index}`, byPerson: false };
    return { ...fact, ...envelope, id: `${placementId}-${index}`, recordedAt: moment, reportedAt: moment };
  });
  return { placementId, events, timeline: timeline(events) };
}

/** A new job of 24 hours at employer `kvk:1`, in the employer's own employment. */
export function registered(o: Partial<PlacementFactData['PlacementRegistered']> = {}): Fact {
  return {
    type: 'PlacementRegistered',
    data: {
      effectiveDate: '2020-01-01',
      candidateId: 'candidate',
      employerId: 'kvk:1',
      sector: 'gemeenten',
      region: 'AM14',
      hoursPerWeek: 24,
      arrangement: 'ownEmployment',
      postOrigin: 'regular',
      aboveFormation: false,
      budget: 'department',
      registrationKind: 'newJob',
      inTargetGroup: 'yes',
      ...o,
    },
  };
}

type Data<Type extends keyof PlacementFactData> = PlacementFactData[Type];

/** Permanent without `plannedEnd`. */
export function signed(effectiveDate: string, plannedEnd?: string, o: Partial<Data<'ContractSigned'>> = {}): Fact {
  const planned = plannedEnd === undefined ? {} : { plannedEnd };
  return { type: 'ContractSigned', data: { effectiveDate, form: 'arbeidsovereenkomst', ...planned, ...o } };
}

export function extended(effectiveDate: string, plannedEnd?: string): Fact {
  return { type: 'ContractExtended', data: { effectiveDate, ...(plannedEnd === undefined ? {} : { plannedEnd }) } };
}

export function contractEnded(lastDay: string, endCode?: string, o: Partial<Data<'ContractEnded'>> = {}): Fact {
  return {
    type: 'ContractEnded',
    data: { effectiveDate: lastDay, ...(endCode === undefined ? {} : { endCode }), ...o },
  };
}

/** Uitval, with its last day. */
export function uitval(lastDay: string, o: Partial<Data<'UitvalRecorded'>> = {}): Fact {
  return { type: 'UitvalRecorded', data: { effectiveDate: lastDay, lastDay, cause: 'noFittingTasks', ...o } };
}

export function doorstroom(lastDay: string): Fact {
  return { type: 'DoorstroomRecorded', data: { effectiveDate: lastDay, lastDay, to: 'otherEmployer' } };
}

export function continued(lastDay: string, endCode: '90' | '91' | '92', successorPlacementId?: string): Fact {
  const successor = successorPlacementId === undefined ? {} : { successorPlacementId };
  return { type: 'EmploymentContinued', data: { effectiveDate: lastDay, lastDay, endCode, ...successor } };
}

export function endedOtherwise(lastDay: string, kind: Data<'PlacementEndedOtherwise'>['kind']): Fact {
  return { type: 'PlacementEndedOtherwise', data: { effectiveDate: lastDay, lastDay, kind } };
}

export function hiredByInlener(from: string, employerId: string, successorPlacementId?: string): Fact {
  const successor = successorPlacementId === undefined ? {} : { successorPlacementId };
  return { type: 'HiredByInlener', data: { effectiveDate: from, employerId, ...successor } };
}
