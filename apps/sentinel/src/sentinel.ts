import { systemClock, type Clock, type Log } from '@holdfast/daemon';
import { listen, openPool } from '@holdfast/database';
import { NextHopFinder, RememberedAnswers, type Primary } from '@holdfast/directory';
import type { SentinelConfig } from './config';
import { Endings } from './endings/endings';
import { openMetrics } from './metrics';
import { Levels } from './levels/levels';
import { Courier } from './notifications/courier';
import { Dispatcher } from './notifications/dispatcher';
import { Keeper } from './outages/keeper';
import { PostgresWeather } from './postgres-weather';
import { probePrimaries, usualTimeouts, type ProbeResult } from './probes/probe';
import { Turnstile } from './probes/turnstile';
import { Watcher } from './probes/watcher';
import { CallAhead } from './recipients/call-ahead';
import { Standings } from './recipients/standings';

/** What the sentinel needs to know of its surroundings beyond its configuration; specs move the clock and deliver elsewhere. */
export interface Surroundings {
  clock?: Clock;
  mxPort?: number;
}

export type Sentinel = ReturnType<typeof openSentinel>;

/**
 * Puts the sentinel together: the watcher looks at primaries, the keeper keeps the record of outages and writes notifications with
 * it, the dispatcher sends them. It begins as soon as Postgres can be reached, and goes on whenever it is back.
 */
export function openSentinel(
  config: SentinelConfig,
  log: Log,
  { clock = systemClock, mxPort }: Surroundings = {},
) {
  const { hostname, dnsServers } = config;
  const allowPrivate = config.allowPrivatePrimaries;
  const weather = new PostgresWeather(log);
  const pool = openPool({ url: config.databaseUrl, program: 'holdfast-sentinel' });
  const leaving = new AbortController();
  const turnstile = new Turnstile(config.probesAtOnce);
  const finder = new NextHopFinder({
    dnsServers,
    allowPrivate,
    ownPort: config.smtpPort,
    ownNames: [hostname, ...config.mxNames],
    // The relay goes by it as well: a primary whose name is gone from DNS is not down for that.
    memory: new RememberedAnswers(pool, false),
  });
  const metrics = openMetrics({ domains: () => watcher.watchedDomains, routes: () => watcher.watchedRoutes });

  const probe = (primaries: Primary[]): Promise<ProbeResult> =>
    turnstile.through(() => probePrimaries(primaries, { finder, hello: hostname, ...usualTimeouts }));
  const standings = new Standings({ pool, clock, probe, onPostgres: weather.see });
  const callAhead = new CallAhead({ pool, clock, log, finder, hello: hostname, onPostgres: weather.see });
  const watcher = new Watcher({
    clock,
    probe,
    tell: (verdict) => keeper.onVerdict(verdict),
    onProbe(result, primaries, standing) {
      metrics.probes.inc({ result: result.isUp ? 'up' : 'down' });
      metrics.probeSeconds.observe(result.latencyMs / 1_000);
      if (result.isUp) return;
      log('probe-failed', {
        primaries: primaries.map(({ host, port }) => `${host}:${port}`),
        cause: result.cause,
        standing,
      });
    },
  });
  const keeper = new Keeper({ pool, clock, log, watcher, hostname, onPostgres: weather.see });
  const levels = new Levels({
    pool,
    clock,
    log,
    hostname,
    usual: { maxMessages: config.maxHeldMessages || null, maxBytes: config.maxHeldBytes || null },
    onPostgres: weather.see,
  });
  const endings = new Endings({ pool, clock, log, hostname, onPostgres: weather.see });
  const courier = new Courier({
    hostname,
    smartHostUrl: config.notifySmtpUrl,
    dnsServers,
    allowPrivate,
    mxPort,
  });
  const dispatcher = new Dispatcher({
    pool,
    clock,
    log,
    courier,
    onPostgres: weather.see,
    onSent: (isSent) => metrics.notifications.inc({ result: isSent ? 'sent' : 'failed' }),
  });

  const hinted = ({ domains }: Record<string, unknown>): void => {
    if (Array.isArray(domains)) for (const domain of domains) watcher.hint(String(domain));
  };

  const listener = listen(
    config.databaseUrl,
    ['registered', 'settled', 'unreachable', 'hinted', 'directory', 'notification', 'wave'],
    {
      onConnect() {
        keeper.readEverything();
        standings.begin();
        callAhead.begin();
        levels.begin();
        endings.begin();
        dispatcher.look();
      },
      onNotice(name, payload) {
        if (name === 'notification') return dispatcher.look();
        if (name === 'hinted') return hinted(payload);
        if (name === 'directory') standings.directoryChanged();
        keeper.onNotice(name, payload);
      },
      onLost: (error) => weather.see(false, error),
    },
  );

  return {
    pool,
    watcher,
    endings,
    weather,
    registry: metrics.registry,
    /** Takes nothing new, finishes what is on its way. */
    async stop(): Promise<void> {
      leaving.abort();
      await listener.close();
      await watcher.close();
      await standings.stop();
      await callAhead.stop();
      await levels.stop();
      await endings.stop();
      await keeper.stop();
      await dispatcher.stop();
      await pool.end();
    },
  };
}
