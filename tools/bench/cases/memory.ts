/** The most anonymous memory that port 25 and the relay have while they accept and then drain at full rate. */
import { readFile } from 'node:fs/promises';
import type { Case } from '../cases';
import type { Child } from '../child';
import { backedUpDomain } from '../contestant';
import { HoldfastHouse } from '../contestants/holdfast';
import { resultOf } from '../figures';
import { openSink, send } from '../smtp-load';
import { freeLoopbackPort } from '../../up/ports';

const lookEveryMs = 100;
const parts = ['smtp-ingress', 'relay'];
const loads = [
  { messages: 10_000, bytes: 50_000, sessions: 20 },
  { messages: 120, bytes: 25_000_000, sessions: 20 },
];

/** The figure is the greater of the two programs, for each size of message. */
export function memory(name: string): Case {
  return {
    name,
    async run(place, { isShort, say }) {
      const room = await place.room('holdfast');
      const house = await HoldfastHouse.start(room, {});
      const primaryPort = await freeLoopbackPort();
      await house.addDomain(backedUpDomain, primaryPort);
      const peaks: number[] = [];
      let sent = 0;
      for (const whole of loads) {
        const load = isShort ? { ...whole, messages: 20 } : whole;
        const watch = await Watch.of(house);
        await send(room, house.port, load);
        await house.allSafe((sent += load.messages));
        let sink: Child | undefined;
        await house.letPrimaryReturn(async () => {
          sink = await openSink(room, primaryPort, load.messages);
        });
        await house.deliverNow();
        await sink?.done();
        for (const [part, kB] of watch.end()) {
          say(`${load.bytes} octets: ${part} ${(kB / 1_000).toFixed(0)} MB`);
          peaks.push(kB / 1_000);
        }
      }
      return resultOf(name, 'MB', new Map([['holdfast', peaks]]), false);
    },
  };
}

class Watch {
  private readonly peaks = new Map<string, number>();

  private constructor(private readonly timer: NodeJS.Timeout) {}

  static async of(house: HoldfastHouse): Promise<Watch> {
    const pids = await Promise.all(parts.map(async (part) => [part, await house.pidOf(part)] as const));
    const look = async (): Promise<void> => {
      for (const [part, pid] of pids) {
        const kB = await anonymousKilobytes(pid).catch(() => 0);
        watch.peaks.set(part, Math.max(watch.peaks.get(part) ?? 0, kB));
      }
    };
    const watch = new Watch(setInterval(() => void look(), lookEveryMs));
    return watch;
  }

  end(): Map<string, number> {
    clearInterval(this.timer);
    return this.peaks;
  }
}

/** RssAnon: without the spool's map, which is page cache. */
async function anonymousKilobytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]);
}
