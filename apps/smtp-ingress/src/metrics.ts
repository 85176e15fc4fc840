import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Ingress } from './ingress';

/** What a scraper sees of port 25. */
export function openMetrics({ listener, registrar, memory, spool, certificates }: Ingress): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name: `holdfast_ingress_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  };
  gauge('sessions', 'Connections at this moment.', () => listener.sessions);
  gauge('bytes_in_flight', 'Octets of bodies in memory.', () => memory.bytes);
  gauge(
    'register_backlog',
    'Messages that Postgres does not know yet. Worry above 10000.',
    () => registrar.backlog,
  );
  gauge('spool_messages', 'Messages in the spool of this node.', () => spool.stats().messages);
  gauge(
    'spool_damaged',
    'Messages set aside because they are damaged. Look at any.',
    () => spool.stats().damaged,
  );
  gauge('spool_free_bytes', 'What can still be written to the spool.', () => spool.stats().freeBytes);
  gauge(
    'certificate_ends_seconds',
    'When the first of the certificates in use ends, in seconds since 1970. Worry two weeks before.',
    () => certificates.firstEndsAt / 1000,
  );
  return registry;
}
