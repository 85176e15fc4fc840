export { startCluster, type Cluster } from './cluster';
export { throwAwayDatabase, type ThrowAwayDatabase } from './throw-away-database';
