export * from './cells';
export * from './cohort';
export * from './observation';
export * from './question';
export * from './retention';
export * from './summary';
export * from './wilson';
