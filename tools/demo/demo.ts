/**
 * The demo, put together: a small Internet of its own (DNS, two customers' mail servers, a mailbox for notifications, a
 * stranger who sends) and the page that shows what happens between them and the provider.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigProblems, type Log } from '@holdfast/daemon';
import { startFakeDns } from '../fake-dns';
import type { DemoConfig } from './config';
import { serveControl } from './control';
import { demoRoutes, type Sent } from './demo-routes';
import { demoZones } from './demo-zones';
import { Journal } from './journal';
import { DemoMailbox } from './mailbox';
import { DemoPrimaries } from './primaries';
import { Provider } from './provider';
import { seed } from './seed';
import { ProviderWatch } from './watch';

export interface Demo {
  ports: { page: number; dns: number; primary: number; mailbox: number };
  close(): Promise<void>;
}

/** Starts everything; the promise is kept when all of it answers. Seeding goes on in the background. */
export async function startDemo(config: DemoConfig, log: Log): Promise<Demo> {
  mkdirSync(config.keptIn, { recursive: true, mode: 0o700 });
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  const onPort = async <T extends { close(): Promise<void> }>(
    variable: string,
    start: Promise<T>,
  ): Promise<T> => {
    const part = await start.catch((error: unknown) => {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
      throw new ConfigProblems([`${variable}: cannot listen there (${message})`]);
    });
    closing.push(() => part.close());
    return part;
  };

  const end = new AbortController();
  closing.push(async () => end.abort());
  try {
    let tell = (): void => undefined;
    const changed = (): void => tell();
    const zones = demoZones(config.hostname);
    const dns = await onPort('HOLDFAST_DEMO_DNS_PORT', startFakeDns({ port: config.dnsPort, zones }));
    const mailbox = await onPort(
      'HOLDFAST_DEMO_MAILBOX_PORT',
      DemoMailbox.start(config.keptIn, config.mailboxPort, changed),
    );
    const primaries = await onPort(
      'HOLDFAST_DEMO_PRIMARY_PORT',
      DemoPrimaries.start(config.keptIn, config.primaryPort, changed),
    );
    const provider = new Provider(config.providerUrl, config.operatorKeyFile);
    const watch = new ProviderWatch(provider, changed);
    const sent = new Journal<Sent>(join(config.keptIn, 'sent.jsonl'), 100);
    closing.push(async () => sent.close());
    const routes = demoRoutes({ config, mailbox, primaries, watch, sent, changed });
    const control = await onPort('HOLDFAST_DEMO_PORT', serveControl(config.pagePort, routes));
    tell = () => control.changed();

    void watch.run(end.signal);
    void seed(provider, primaries.port, end.signal, (error) =>
      log('failed', { while: 'seeding the demo', error }),
    ).then(() => watch.hint());
    return {
      ports: { page: control.port, dns: dns.port, primary: primaries.port, mailbox: mailbox.port },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
