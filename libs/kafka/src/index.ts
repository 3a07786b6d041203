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
