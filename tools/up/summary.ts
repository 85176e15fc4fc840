import { consoleUrl, demoUrl, type Surroundings } from './programs';
import type { Settings } from './settings';

/** The owner of the first demo tenant: whoever follows this link is signed in as her. */
const demoOwner = 'owner@tidewater-contact.test';

/** Where everything is, for people and (under the same names, in run/addresses.json and in the `ready` line) for scripts. */
export interface Addresses {
  console: string;
  signIn?: string;
  demo?: string;
  smtp: string;
  dns?: string;
  dataDir: string;
  operatorKeyFile: string;
}

export function addressesOf(settings: Settings, around: Surroundings): Addresses {
  const console = consoleUrl(settings, around.httpPort);
  return {
    console,
    ...(settings.isDemo
      ? {
          signIn: `${console}/api/v1/demo/sign-in?user=${encodeURIComponent(demoOwner)}`,
          demo: demoUrl(around.demoPort),
          dns: around.demoDns,
        }
      : {}),
    // Every address, in the form that a client can dial.
    smtp: `${settings.smtpHost === '::' ? '0.0.0.0' : settings.smtpHost}:${around.smtpPort}`,
    dataDir: settings.dataDir,
    operatorKeyFile: `${settings.dataDir}/operator.key`,
  };
}

/** The few lines at the end of a start. */
export function summaryFor(addresses: Addresses, missing: string[], seconds: number): string {
  const rows: [string, string | undefined][] = [
    ['Console', addresses.console],
    ['Sign in (demo)', addresses.signIn],
    ['Demo page', addresses.demo],
    ['SMTP', addresses.smtp],
    ['Data', addresses.dataDir],
  ];
  const lines = rows
    .filter(([, value]) => value !== undefined)
    .map(([label, value]) => `  ${label.padEnd(16)}${value}`);
  const notes = missing.map((sentence) => `  Note: ${sentence}.`);
  return `\n${[`Holdfast is ready after ${seconds.toFixed(1)} s.`, ...lines, ...notes, '  Ctrl-C stops everything.'].join('\n')}\n\n`;
}
