import { v5 as uuidv5 } from 'uuid';
import { HR_OUTCOME_TYPE, type HrOutcome } from '@bestendig/integration-events';
import type { DeliveryRow } from '@bestendig/intake';
import { writeCloudEvent, type OutgoingMessage } from '@bestendig/kafka';
import type { FirstOutcome, VerdictChange } from '@bestendig/placement-application';
import { KEY_BYTES_MAX, type Judged } from './judge';
import { partitionOf } from './origins';

/** Where outcomes are told, and in whose name. */
export type OutcomeTopic = { readonly name: string; readonly source: string; readonly partitions: number };

/** Never changes: ids of outcomes are names within it. */
const DELIVERIES = '8f0d2f3e-6f0b-5d3c-9a53-0f1f3c9a7be1';
/** As wide as microseconds since 1970 get. */
const SEQUENCE_DIGITS = 20;

/**
 * The first outcome of a delivery, keyed as the delivery was and in the partition of the same number. Its id follows from
 * the delivery: told twice, it counts once. Of a message that may hold a BSN
 * nothing is repeated, its key neither, whatever its row says; nor is a key too long for one.
 *
 * @param decidedAt the same whenever it is told
 */
export function firstOutcomeMessage(topic: OutcomeTopic, { kind, message: { key } }: Judged, row: DeliveryRow, first: FirstOutcome | null, decidedAt: string): OutgoingMessage {
  const keepsKey = kind !== 'refused' && row.reason !== 'mayHoldBsn' && (key?.length ?? 0) <= KEY_BYTES_MAX;
  const { origin, source, messageId, outcome, reason, fields = [], placementId, eventIds, recordedAt } = row;
  const data: HrOutcome = { delivery: origin, source, messageId, outcome, reason, fields, first, verdict: null, placementId, eventIds, recordedAt };
  return written(topic, origin, { id: uuidv5(origin, DELIVERIES), key: keepsKey ? key : origin, decidedAt, sequence: 0n, data });
}

/**
 * A verdict that changed later: of the same delivery, with a higher sequence. The sender's key is kept nowhere, so this has
 * none of its own; it goes to the partition of the first outcome, behind it.
 */
export function laterVerdictMessage(topic: OutcomeTopic, change: VerdictChange): OutgoingMessage {
  const { origin, source, messageId, at, verdict, reason, placementId, eventIds } = change;
  const data: HrOutcome = { delivery: origin, source, messageId, outcome: null, reason, fields: [], first: null, verdict, placementId, eventIds, recordedAt: at };
  return written(topic, origin, { id: uuidv5(`${origin} ${at}`, DELIVERIES), key: null, decidedAt: at, sequence: microsecondsOf(at), data });
}

type Told = { readonly id: string; readonly key: Buffer | string | null; readonly decidedAt: string; readonly sequence: bigint; readonly data: HrOutcome };

function written({ source, partitions }: OutcomeTopic, origin: string, { id, key, decidedAt, sequence, data }: Told): OutgoingMessage {
  const subject = data.placementId === null ? {} : { subject: data.placementId };
  const attributes = { id, source, type: HR_OUTCOME_TYPE, time: decidedAt, ...subject, sequence: String(sequence).padStart(SEQUENCE_DIGITS, '0') };
  return writeCloudEvent({ key, attributes, data, partition: partitionOf(origin) % partitions });
}

/** Microseconds since 1970 of UTC text with six decimals. */
const microsecondsOf = (instant: string): bigint => BigInt(Date.parse(`${instant.slice(0, 19)}Z`)) * 1000n + BigInt(instant.slice(20, 26));
