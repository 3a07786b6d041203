export { deadLetterTopic } from './dead-letter-message';
export { runHrIngest, type HrIngestOptions } from './run-hr-ingest';
export { HR_INGEST_GROUP, hrIngestSettings, TOPIC_PARTITIONS, type HrIngestSettings } from './settings';
