import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import type { Log } from '@holdfast/daemon';
import { LookUp } from '@holdfast/directory';
import { ArcKey, type ArcRecord } from './arc-key';
import { ArcSeal } from './arc-seal';
import type { RelayConfig } from './config';

/** Has the key ready, while the relay already works: mail goes out unsealed until it is, and for as long as it is not published. */
export class ArcSealer {
  /** Resolves when the key is there and was looked for in DNS. */
  readonly ready: Promise<void>;
  private readonly opening: Promise<ArcKey>;
  private key: ArcKey | undefined;
  private made: ArcSeal | undefined;

  constructor(config: RelayConfig, log: Log) {
    const { dataDir, dnsServers, hostname, arcDomain } = config;
    this.opening = ArcKey.open(
      join(dataDir, 'keys', 'arc.pem'),
      arcDomain ?? hostname,
      new LookUp(dnsServers),
    );
    this.ready = this.prepare(config, log).catch((error: unknown) =>
      log('failed', { while: 'preparing the ARC key', error }),
    );
  }

  get seal(): ArcSeal | undefined {
    return this.made;
  }

  /** What the operator publishes. */
  get record(): ArcRecord | undefined {
    return this.key?.record;
  }

  async close(): Promise<void> {
    (await this.opening.catch(() => undefined))?.close();
  }

  private async prepare({ dnsServers, hostname }: RelayConfig, log: Log): Promise<void> {
    const resolver = new Resolver({ timeout: 3_000, tries: 2 });
    if (dnsServers.length > 0) resolver.setServers(dnsServers);
    this.key = await this.opening;
    // Keys are all that is asked for.
    const resolveKeys = (name: string): Promise<string[][]> => resolver.resolveTxt(name);
    this.made = new ArcSeal(this.key, hostname, resolveKeys, log);
    await this.key.watch();
  }
}
