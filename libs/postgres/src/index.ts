export { connect, openPool, type ConnectOptions, type PoolOptions } from './connections';
export { isConnectionLost, isUnavailable, reasonOf } from './failure';
export { migrateSchema, type Migrations } from './migrate';
export { inTransaction } from './transaction';
