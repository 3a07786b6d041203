export * from './hr-fact';
