export { LocalPostgresError } from './binaries';
export { connectionString, freePort, initCluster, runningServer, startCluster, stopCluster, type Cluster } from './cluster';
