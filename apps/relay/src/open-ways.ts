import { readFile } from 'node:fs/promises';
import { getServers } from 'node:dns';
import { join } from 'node:path';
import { createSecureContext, rootCertificates } from 'node:tls';
import { keyFromFile } from '@holdfast/daemon';
import { LookUp, NextHopFinder, RememberedAnswers, SecretBox, secretBoxKeyFile } from '@holdfast/directory';
import type pg from 'pg';
import type { RelayConfig } from './config';
import { SecureResolver } from './dnssec';
import { Logins } from './logins';
import { StsPolicies } from './mta-sts';
import { TlsPlans } from './tls-plan';
import { TlsResults } from './tls-results';
import { Ways } from './ways';

/** Builds all that finds and opens the way to a primary. */
export async function openWays(
  config: RelayConfig,
  pool: pg.Pool,
): Promise<{ ways: Ways; finder: NextHopFinder }> {
  const { dnsServers, hostname } = config;
  const finder = new NextHopFinder({
    dnsServers,
    allowPrivate: config.allowPrivatePrimaries,
    ownPort: config.smtpPort,
    ownNames: [hostname, ...config.mxNames],
    memory: new RememberedAnswers(pool),
  });
  const own = config.authoritiesFile ? [await readFile(config.authoritiesFile, 'utf8')] : undefined;
  const authorities = own && [...rootCertificates, ...own];
  const lookUp = new LookUp(dnsServers);
  const resolver = SecureResolver.from(
    config.dnssecResolver,
    dnsServers.length > 0 ? dnsServers : getServers(),
  );
  const ways = new Ways({
    finder,
    plans: new TlsPlans(resolver, new StsPolicies({ db: pool, lookUp, finder, authorities })),
    logins: new Logins(pool, new SecretBox(await keyFromFile(join(config.dataDir, secretBoxKeyFile)))),
    results: new TlsResults(pool),
    settings: {
      hostname,
      connectTimeoutMs: 15_000,
      greetingTimeoutMs: 30_000,
      commandTimeoutMs: 300_000,
      dataTimeoutMs: 600_000,
      // RFC 8996 did away with what is older; under "opportunistic" such a server gets its mail in the clear (RFC 7435).
      secureContext: createSecureContext({
        minVersion: 'TLSv1.2',
        ...(authorities ? { ca: authorities } : {}),
      }),
    },
  });
  return { ways, finder };
}
