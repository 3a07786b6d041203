export {
  KAFKA_ERRORS,
  KafkaError,
  type ConsumeOptions,
  type Header,
  type Kafka,
  type KafkaErrorCode,
  type KafkaSettings,
  type OutgoingMessage,
  type ReceivedMessage,
  type Sender,
  type Sent,
  type Topic,
} from './port';
export { attributesInHeaders, readCloudEvent, UNREADABLE, writeCloudEvent, type ReadEvent, type UnreadableCode } from './cloud-events';
export { openKafka } from './kafkajs-kafka';
export { kafkaSettings } from './settings';
