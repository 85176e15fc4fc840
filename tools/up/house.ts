/**
 * The whole house on one machine: what is started, in which order, and how it goes down again. Everything that can be refused is
 * refused before the first process is started.
 */
import { rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bundle, stopBundling } from '../build/bundle.ts';
import { buildConsole, isConsoleStale, isStale } from '../build/stale.ts';
import { claimDataDir, endLeftOvers, giveBackDataDir } from './claim';
import { keepSecret, prepareDataDir, type DataDir } from './data-dir';
import { LogFile } from './log-file';
import { migrateDatabase, type Migrated } from './migrate';
import type { Output } from './output';
import { Part, type PartPlan } from './part';
import { findPorts, freeLoopbackPort } from './ports';
import {
  clearPostmasterPid,
  createDatabase,
  findPostgres,
  ownerUrl,
  postgresPart,
  prepareCluster,
  waitForForeignPostgres,
  type PostgresPrograms,
} from './postgres';
import { cleanEnvironment, planPrograms, programRoots, type Surroundings } from './programs';
import { withProgress } from './progress';
import { planScanning, type Scanning } from './scanning';
import { ServiceUser } from './service-user';
import type { Settings } from './settings';
import { addressesOf, summaryFor } from './summary';

const rspamdPatienceMs = 8_000;

export class House {
  /** in the order in which they were started */
  private readonly parts: Part[] = [];
  private readonly giveUp = new AbortController();
  private dir: DataDir | undefined;
  private hasClaim = false;
  private logFile: LogFile | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly output: Output,
    private readonly workspaceRoot: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Starts everything. @throws CannotStart with the one sentence for the operator; call `stop` then as well */
  async start(): Promise<void> {
    const began = Date.now();
    const { settings, output } = this;
    const dir = (this.dir = await prepareDataDir(settings.dataDir));
    await claimDataDir(dir.path, dir.run);
    this.hasClaim = true;
    const leftOvers = await withProgress(output, 'Ending what the last start left behind', () =>
      endLeftOvers(dir.run),
    );
    const [smtpPort = 0, httpPort = 0, demoPort = 0] = await findPorts(this.places());
    const foreign = settings.databaseUrl;
    const postgres = foreign === null ? await findPostgres() : undefined;
    if (foreign !== null) {
      const { host } = new URL(foreign);
      await withProgress(output, `Waiting for Postgres at ${host}`, () => waitForForeignPostgres(foreign));
    }
    const dockerFolder = join(this.workspaceRoot, 'docker');
    const user = ServiceUser.find([dir.path, dockerFolder, ...(postgres ? [postgres.folder] : [])]);

    this.logFile = new LogFile(dir.logs);
    output.keepIn(this.logFile);
    if (leftOvers.length > 0) output.say('warn', 'ended-left-overs', { parts: leftOvers });

    await this.build();
    // Bodies, keys and addresses are for our own users alone, whichever program writes them.
    process.umask(0o077);
    const [{ urls }, scanning] = await Promise.all([
      this.startDatabase(dir, user, postgres),
      this.startScanning(dir, user, dockerFolder),
    ]);
    const around: Surroundings = {
      workspaceRoot: this.workspaceRoot,
      smtpPort,
      httpPort,
      demoPort,
      demoDns: `127.0.0.1:${settings.isDemo ? await freeLoopbackPort() : 0}`,
      demoMailboxPort: settings.isDemo ? await freeLoopbackPort() : 0,
      databaseUrls: urls,
      rspamdUrl: scanning.rspamdUrl,
    };
    for (const group of planPrograms(settings, around, this.env))
      await Promise.all(group.map((plan) => this.startPart(plan)));

    const addresses = addressesOf(settings, around);
    await writeFile(join(dir.run, 'addresses.json'), JSON.stringify(addresses));
    const seconds = (Date.now() - began) / 1000;
    output.print(summaryFor(addresses, scanning.missing, seconds));
    if (settings.log === 'json')
      output.say('info', 'ready', { ...addresses, missing: scanning.missing, afterMs: Date.now() - began });
  }

  /** Stops everything in reverse order; returns when nothing is left. */
  async stop(): Promise<void> {
    this.giveUp.abort();
    for (const group of this.groupsInReverse()) {
      await Promise.all(
        group.map(async (part) => {
          const began = Date.now();
          const waiting = setInterval(
            () => this.output.say('info', 'still-waiting', { for: part.name }),
            2_000,
          );
          await part.stop();
          clearInterval(waiting);
          if (Date.now() - began > 2_000)
            this.output.say('info', 'stopped', { part: part.name, afterMs: Date.now() - began });
        }),
      );
    }
    if (this.dir && this.hasClaim) {
      await rm(join(this.dir.run, 'addresses.json'), { force: true });
      await giveBackDataDir(this.dir.run);
    }
    if (this.parts.length > 0) this.output.say('info', 'stopped');
    await this.logFile?.close();
  }

  /** The operator has no more patience: nothing is waited for. What was promised with 250 is on disk anyway. */
  hurry(): void {
    for (const part of this.parts) part.endNow();
  }

  /** Workers of one kind leave together, everything else one after the other. */
  private groupsInReverse(): Part[][] {
    const groups = new Map<string, Part[]>();
    for (const part of this.parts.toReversed()) {
      const kind = part.name.replace(/-\d+$/, '');
      groups.set(kind, [...(groups.get(kind) ?? []), part]);
    }
    return [...groups.values()];
  }

  private places(): Parameters<typeof findPorts>[0] {
    const { settings } = this;
    return [
      {
        hostVariable: 'HOLDFAST_SMTP_HOST',
        host: settings.smtpHost,
        portVariable: 'HOLDFAST_SMTP_PORT',
        port: settings.smtpPort,
      },
      {
        hostVariable: 'HOLDFAST_HTTP_HOST',
        host: settings.httpHost,
        portVariable: 'HOLDFAST_HTTP_PORT',
        port: settings.httpPort,
      },
      ...(settings.isDemo
        ? [
            {
              hostVariable: 'HOLDFAST_DEMO_PORT',
              host: '127.0.0.1',
              portVariable: 'HOLDFAST_DEMO_PORT',
              port: settings.demoPort,
            },
          ]
        : []),
    ];
  }

  private async build(): Promise<void> {
    for (const root of programRoots(this.settings)) {
      this.giveUp.signal.throwIfAborted();
      if (await isStale(root)) await withProgress(this.output, `Building ${root}`, () => bundle(root));
    }
    if (await isConsoleStale())
      await withProgress(this.output, 'Building the console', () => buildConsole(this.giveUp.signal));
    this.giveUp.signal.throwIfAborted();
    await stopBundling();
  }

  private async startDatabase(
    dir: DataDir,
    user: ServiceUser,
    programs: PostgresPrograms | undefined,
  ): Promise<Migrated> {
    const { output, settings } = this;
    let url = settings.databaseUrl;
    if (programs) {
      const password = await keepSecret(dir, 'postgres');
      await withProgress(output, 'Making the database', () =>
        prepareCluster(dir.postgres, programs, user, password),
      );
      await clearPostmasterPid(dir.postgres);
      const port = await freeLoopbackPort();
      await this.startPart(postgresPart({ folder: dir.postgres, programs, user, port, password }));
      await createDatabase(port, password);
      url = ownerUrl(port, password);
    }
    if (url === null) throw new Error('neither a foreign nor an embedded Postgres');
    const owner = url;
    const roleSecret = await keepSecret(dir, 'database-roles');
    const program = join(this.workspaceRoot, 'dist/tools/migrate/main.js');
    return withProgress(output, 'Bringing the database to the newest schema', () =>
      migrateDatabase({
        program,
        ownerUrl: owner,
        roleSecret,
        env: cleanEnvironment(this.env),
        signal: this.giveUp.signal,
      }),
    );
  }

  private async startScanning(dir: DataDir, user: ServiceUser, dockerFolder: string): Promise<Scanning> {
    const { output } = this;
    const workers = Math.max(1, Math.floor(availableParallelism() / 2));
    const scanning = await planScanning(this.settings, dir, user, dockerFolder, workers);
    for (const sentence of scanning.missing) output.say('warn', 'switched-off', { reason: sentence });
    await Promise.all(scanning.helpers.map((plan) => this.startPart(plan, 'go on without')));
    for (const plan of scanning.slowHelpers)
      void this.startPart(plan, 'go on without').catch(() => undefined);
    const { rspamd } = scanning;
    if (rspamd) {
      // Its very first start with the Internet's lists takes a quarter of a minute. Port 25 need not wait: what arrives before is
      // held, and scanned before it is delivered.
      const started = this.startPart(rspamd, 'go on without');
      const late = pause(rspamdPatienceMs, 'late', { ref: false });
      if ((await Promise.race([started, late])) === 'late') {
        started.catch(() => undefined);
        output.progress('rspamd is still reading its lists: mail is accepted now and scanned later');
      }
    }
    return scanning;
  }

  /** A scanner that does not come up is tried again in the background: port 25 works without it, mail waits for its scan. */
  private async startPart(
    plan: PartPlan,
    ifItDoesNot: 'give up' | 'go on without' = 'give up',
  ): Promise<void> {
    this.giveUp.signal.throwIfAborted();
    const part = new Part(plan, this.output, this.dir?.run ?? '');
    this.parts.push(part);
    await withProgress(this.output, `Starting ${plan.name}`, () =>
      part.start(ifItDoesNot === 'go on without'),
    );
    // Our own programs say so themselves, and say more.
    if (plan.ready !== 'message') this.output.say('info', 'started', { part: plan.name });
  }
}
