export { deadLetterTopic } from './dead-letter-message';
export { runHrIngest, type HrIngestOptions } from './run-hr-ingest';
export { HR_FACTS_TOPIC, HR_INGEST_GROUP, HR_OUTCOMES_TOPIC, hrIngestSettings, TOPIC_PARTITIONS, type HrIngestSettings } from './settings';
