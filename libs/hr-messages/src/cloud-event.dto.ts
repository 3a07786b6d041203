import { MessageId, ObjectField, OneOf, Text, TimeField, fieldsOf } from './fields';
import { MESSAGE_TYPES } from './message-types';

/** Who sends: an organisation by its OIN, and a system of it (NL GOV profile for CloudEvents 1.1). */
export const SOURCE = /^urn:nld:oin:[0-9]{20}:systeem:[A-Za-z0-9._-]{1,64}$/;

/** The envelope of every message: a CloudEvent in structured JSON, after the NL GOV profile. */
export class CloudEvent {
  @OneOf(['1.0'], 'version of CloudEvents') specversion!: string;
  @MessageId('id of the message; with the source unique for ever') id!: string;
  @Text(SOURCE, 'the system that sends') source!: string;
  @OneOf(MESSAGE_TYPES.map(({ type }) => type), 'type of the message', { code: 'unknownType' }) type!: string; // prettier-ignore
  @TimeField('when the source knew it; decides which of two facts that exclude each other stands', { optional: true }) time?: string;
  @OneOf(['application/json'], 'content type of data', { optional: true }) datacontenttype?: string;
  @ObjectField('the fact') data!: object;
}

export const ENVELOPE_FIELDS = fieldsOf(CloudEvent);
