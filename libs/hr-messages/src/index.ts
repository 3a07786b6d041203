export { mayHoldBsn } from './raw-message';
export { CloudEvent, ENVELOPE_FIELDS, SOURCE } from './cloud-event.dto';
export { EXAMPLES, type HrMessage } from './examples';
export { fieldsOf, type Dto, type DtoClass, type Field, type FieldKind } from './fields';
export { MESSAGE_ERROR_CODES, type MessageError, type MessageErrorCode, type Refusal } from './message-errors';
export { MESSAGE_TYPES, messageTypeOf, messageTypeOfShortName, type MessageFactType, type MessageType } from './message-types';
export { validateMessage, type Validated, type ValidateOptions } from './validate-message';
