/**
 * From the moment at which a primary listens again to the arrival of its first held message, in the first hour of an outage. Every
 * outage is of a domain of its own, with mail held and its primary gone for a while that differs. Only Holdfast is measured: what
 * others do here is their schedule, in minutes, and can be read in their manuals.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { freeLoopbackPort } from '../../up/ports';
import type { Case } from '../cases';
import { HoldfastHouse } from '../contestants/holdfast';
import { resultOf } from '../figures';
import { openSink, sendTo } from '../smtp-load';

/** By then the sentinel has opened an outage; after it primaries return one by one. */
const outageMs = 20_000;
const betweenReturnsMs = 1_300;

export function firstDelivery(name: string, outages: number): Case {
  return {
    name,
    async run(place, { isShort, say }) {
      const count = isShort ? 2 : outages;
      const room = await place.room('holdfast');
      const house = await HoldfastHouse.start(room, {});
      const ports = new Map<string, number>();
      for (let n = 0; n < count; n++) {
        const domain = `backed-up-${n}.test`;
        ports.set(domain, await freeLoopbackPort());
        await house.addDomain(domain, ports.get(domain) ?? 0);
        await sendTo(room, house.port, domain, { messages: 3, bytes: 4_096, sessions: 1 });
      }
      await house.allSafe(3 * count);
      await pause(outageMs);
      const seconds = await Promise.all(
        [...ports.values()].map(async (port, n) => {
          await pause(n * betweenReturnsMs);
          const sink = await openSink(room, port, 1);
          const began = performance.now();
          await sink.done();
          return (performance.now() - began) / 1000;
        }),
      );
      const sorted = seconds.toSorted((a, b) => a - b);
      say(`of ${count} outages: p99 ${sorted[Math.ceil(count * 0.99) - 1]?.toFixed(2)} s`);
      return resultOf(name, 's', new Map([['holdfast', seconds]]), false);
    },
  };
}
