export { connectionString, initCluster, lives, runningServer, startCluster, stopCluster, type Cluster } from './cluster';
export { LocalPostgresError, LOCAL_POSTGRES_ERRORS, type LocalPostgresErrorCode } from './errors';
export { useDatabase, type DatabaseInUse, type UseDatabaseOptions } from './local-database';
export { freePort } from './postmaster';
export { claimServer, serverOf, type ServerOwner } from './server-owner';
