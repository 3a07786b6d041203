import type { Fact, PlacementFactData } from '@bestendig/placement-domain';
import { fact, registered } from '@bestendig/testing';
import { uuidOf, type LoggedEvent } from './random-logs';

/** Tells events one by one, each recorded in an hour since May 2024. */
export class ToldLog {
  private readonly counted = new Map<string, number>();

  at(hour: number, placementId: string, told: Fact): LoggedEvent {
    const count = this.counted.get(placementId) ?? 0;
    this.counted.set(placementId, count + 1);
    const id = uuidOf(`${placementId} ${count}`);
    const recordedAt = new Date(Date.UTC(2024, 4, 1, hour)).toISOString().replace('Z', '000Z');
    return {
      placementId,
      event: {
        ...told,
        id,
        recordedAt,
        reportedAt: recordedAt,
        source: 'urn:nld:oin:00000001000000001000:systeem:hr',
        messageId: id,
        byPerson: false,
      },
    };
  }

  /** Its registration was the placement's first event: from now on it names another person. */
  moved(hour: number, placementId: string, candidateId: string): LoggedEvent {
    const corrects = { eventId: uuidOf(`${placementId} 0`) };
    const replacement = { type: 'PlacementRegistered' as const, data: registrationOf(candidateId) };
    return this.at(hour, placementId, fact('FactCorrected', { effectiveDate: '2020-01-01', corrects, replacement }));
  }
}

function registrationOf(candidateId: string): PlacementFactData['PlacementRegistered'] {
  const told = registered({ candidateId, employerId: 'kvk:10000001' });
  if (told.type !== 'PlacementRegistered') throw new Error('A registration was told.');
  return told.data;
}
