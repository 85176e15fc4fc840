import { startCluster } from './cluster';

/** Jest's global set-up: one Postgres for all spec files of a run, unless the run was given one. */
export default async function globalSetup(): Promise<void> {
  if (process.env['HOLDFAST_TEST_POSTGRES_URL']) return;
  const cluster = await startCluster();
  process.env['HOLDFAST_TEST_POSTGRES_URL'] = cluster.url;
  (globalThis as { holdfastStopCluster?: () => Promise<void> }).holdfastStopCluster = () => cluster.stop();
}
