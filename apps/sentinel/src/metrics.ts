import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a scraper sees of the sentinel; docs/events.md tells the stories behind the numbers. */
export function openMetrics(watched: { domains(): number; routes(): number }) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'holdfast_watched_domains',
    help: 'Domains with held mail or an open outage.',
    registers,
    collect() {
      this.set(watched.domains());
    },
  });
  new Gauge({
    name: 'holdfast_watched_routes',
    help: 'Different sets of primaries among the watched domains; each is probed once for all of them.',
    registers,
    collect() {
      this.set(watched.routes());
    },
  });
  return {
    registry,
    probes: new Counter({
      name: 'holdfast_probes_total',
      help: 'Probes by result.',
      labelNames: ['result'],
      registers,
    }),
    probeSeconds: new Histogram({
      name: 'holdfast_probe_seconds',
      help: 'From the look-up to the answer to EHLO, or to giving up.',
      buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
      registers,
    }),
    notifications: new Counter({
      name: 'holdfast_notifications_total',
      help: 'Tries to send a notification by result. Worry when failed grows and sent does not.',
      labelNames: ['result'],
      registers,
    }),
  };
}
