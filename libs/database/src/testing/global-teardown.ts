export default async function globalTeardown(): Promise<void> {
  await (globalThis as { holdfastStopCluster?: () => Promise<void> }).holdfastStopCluster?.();
}
