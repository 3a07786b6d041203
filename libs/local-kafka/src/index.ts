export { findKafka, type FoundKafka } from './find-kafka';
export { LOCAL_KAFKA_ERRORS, LocalKafkaError, startLocalKafka, type LocalKafka, type LocalKafkaOptions } from './local-kafka';
