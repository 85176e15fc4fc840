/** The scanners: rspamd, and beside it ClamAV and Redis, as far as they are installed. What is missing is said and left out. */
import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { blockListsFile, loadBlockLists } from './block-lists';
import type { DataDir } from './data-dir';
import { keepSecret } from './data-dir';
import { clamavPart } from './clamav';
import { findProgram } from './find-program';
import type { PartPlan } from './part';
import { freeLoopbackPort } from './ports';
import { redisPart } from './redis';
import { rspamdPart } from './rspamd';
import type { ServiceUser } from './service-user';
import type { Settings } from './settings';

export interface Scanning {
  /** started before rspamd, because rspamd asks them */
  helpers: PartPlan[];
  /** big signature databases take a while: nothing waits for these */
  slowHelpers: PartPlan[];
  rspamd: PartPlan | undefined;
  rspamdUrl: string | undefined;
  /** sentences about what is switched off */
  missing: string[];
}

/** Decides what scans on this machine, and writes its configuration. */
export async function planScanning(
  settings: Settings,
  dir: DataDir,
  user: ServiceUser,
  dockerFolder: string,
  workers: number,
): Promise<Scanning> {
  const blockLists = await loadBlockLists(dir.path);
  // A list that somebody wrote down and nobody asks is worth a sentence.
  const unused = (because: string): string[] =>
    blockLists.length > 0 ? [`${blockListsFile} is not used: ${because}`] : [];
  const none = { helpers: [], slowHelpers: [], rspamd: undefined };
  if (!settings.isScanning)
    return { ...none, rspamdUrl: undefined, missing: unused('HOLDFAST_SCANNING is off') };
  if (settings.rspamdUrl !== null)
    return {
      ...none,
      rspamdUrl: settings.rspamdUrl,
      missing: unused('RSPAMD_URL names a rspamd of your own, which is to ask the lists (docs/filtering.md)'),
    };
  const rspamd = findProgram('rspamd');
  if (!rspamd) {
    return {
      ...none,
      rspamdUrl: undefined,
      missing: [
        'rspamd is not installed: mail is not scanned (apt install rspamd)',
        ...unused('rspamd is not installed'),
      ],
    };
  }
  const helpers: PartPlan[] = [];
  const slowHelpers: PartPlan[] = [];
  const missing: string[] = [];

  const redisProgram = findProgram('redis-server');
  const redis = redisProgram
    ? { port: await freeLoopbackPort(), password: await keepSecret(dir, 'redis') }
    : undefined;
  if (redisProgram && redis)
    helpers.push(await redisPart({ program: redisProgram, folder: dir.redis, user, ...redis }));
  else missing.push('redis-server is not installed: no greylisting, and rspamd does not learn');

  const clamdProgram = findProgram('clamd');
  const clamavPort = clamdProgram ? await freeLoopbackPort() : undefined;
  if (clamdProgram && clamavPort !== undefined) {
    const clamav = await clamavPart({
      program: clamdProgram,
      folder: dir.clamav,
      ourSignatures: join(dockerFolder, 'clamav/holdfast.ndb'),
      user,
      port: clamavPort,
    });
    (clamav.hasRealSignatures ? slowHelpers : helpers).push(clamav.plan);
    if (!clamav.hasRealSignatures && !settings.isDemo)
      missing.push('ClamAV has no signatures but two for testing: run freshclam once, then start again');
  } else missing.push('clamav-daemon is not installed: viruses are not looked for');

  const port = await freeLoopbackPort();
  const mayAskInternet = !settings.isDemo && (await nameServersKnowTheWorld(settings.dnsServers));
  if (!mayAskInternet && !settings.isDemo)
    missing.push(
      'the name servers do not answer for the Internet: rspamd asks no block lists and checks no signatures',
    );
  const plan = await rspamdPart({
    program: rspamd,
    folder: dir.rspamd,
    configFolder: join(dockerFolder, 'rspamd'),
    user,
    around: {
      port,
      controllerPort: await freeLoopbackPort(),
      controllerPassword: await keepSecret(dir, 'rspamd-controller'),
      workers,
      redis,
      clamavPort,
      dnsServers: settings.dnsServers,
      mayAskInternet,
      blockLists,
    },
  });
  return { helpers, slowHelpers, rspamd: plan, rspamdUrl: `http://127.0.0.1:${port}`, missing };
}

/**
 * Whether block lists can be asked at all. Where nobody answers, each of them would be waited for with every message, and every
 * sender would wait with us.
 */
async function nameServersKnowTheWorld(servers: string[]): Promise<boolean> {
  const resolver = new Resolver({ timeout: 1_500, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  try {
    return (await resolver.resolveNs('org')).length > 0;
  } catch {
    return false;
  }
}
