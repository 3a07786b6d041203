export { randomDay, randomPerson } from './random-persons';
export { createTestDatabase, type TestDatabase } from './test-database';
export { stateOnDay, type SubjectOnDay } from './day-by-day';
export * from './told-facts';
export * from './given';
export { placementFacts, registrations, turningDays, TURNING_DAYS } from './fact-arbitraries';
export * from './placement-arbitraries';
export { heldBytes } from './held-bytes';
export { describeWithKafka, uniqueName, type TestKafka } from './test-kafka';
