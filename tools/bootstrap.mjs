// Brings a bare clone, or one whose lock file has changed, to the point where everything else can run. Plain JavaScript without
// dependencies, because it runs before there are any, under whatever Node the machine has.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules/.holdfast-installed');

/** What a machine needs beside npm's packages, and what is switched off without it. */
const systemPackages = [
  { name: 'rspamd', program: 'rspamd', without: 'mail is not scanned' },
  { name: 'clamav-daemon', program: 'clamd', without: 'viruses are not looked for' },
  { name: 'redis-server', program: 'redis-server', without: 'no greylisting, and rspamd does not learn' },
  { name: 'chromium', program: 'chromium', without: 'the console is not tested in a browser' },
];
const packagesForTests = [
  { name: 'swaks', program: 'swaks', without: 'no test messages by swaks' },
  { name: 'postfix', program: 'smtp-source', without: 'no load by smtp-source' },
];

/** Runs a command quietly; says what it is when it takes longer than two seconds, and shows its output only when it fails. */
async function quietly(what, command, args, options = {}) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  let output = '';
  let timer = setTimeout(function say() {
    console.log(seconds() < 4 ? `… ${what}` : `… ${what}, ${seconds()} s so far`);
    timer = setTimeout(say, 10_000);
  }, 2_000);
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => {
      output += error.message;
      resolve(127);
    });
    child.on('close', resolve);
  });
  clearTimeout(timer);
  if (code !== 0) {
    console.error(output.trimEnd().split('\n').slice(-15).join('\n'));
    console.error(`${what}: failed with code ${code}.`);
    return false;
  }
  if (seconds() >= 2) console.log(`… ${what}: done in ${seconds()} s`);
  return true;
}

const isInstalled = (program) =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/sbin', '/bin']
    .filter((folder) => folder !== '')
    .some((folder) => {
      try {
        accessSync(join(folder, program), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** What an installation depends on: the lock file, and the Node that native parts were fetched for. */
const wantedStamp = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex');

/**
 * Whether npm has already installed exactly what the lock file says, for example by `npm install NAME` in a checkout that is
 * being worked on. npm writes down what it installed; packages for other platforms are rightly not there.
 */
function isInstalledAsLocked() {
  try {
    const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const { packages: installed } = JSON.parse(
      readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8'),
    );
    const isSame = (path) => installed[path]?.version === locked[path]?.version;
    const isWanted = (path) =>
      path !== '' && !locked[path].optional && !locked[path].devOptional && !locked[path].peer;
    return Object.keys(installed).every(isSame) && Object.keys(locked).filter(isWanted).every(isSame);
  } catch {
    return false;
  }
}

async function installNodeModules() {
  const wanted = wantedStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  if (isInstalledAsLocked()) {
    writeFileSync(stampFile, wanted);
    return;
  }
  // Half an installation must not look like a whole one.
  rmSync(stampFile, { force: true });
  const [command, ...args] = npmCommand();
  const flags = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  if (!(await quietly('Installing npm packages', command, [...args, ...flags], { env: npmEnvironment() })))
    process.exit(1);
  writeFileSync(stampFile, wanted);
}

/**
 * The npm that runs us describes itself to its children in npm_*, which a second npm inside would take for its own settings;
 * and it put node_modules/.bin first on the path, whose Node is about to be deleted under the feet of whoever uses it.
 */
function npmEnvironment() {
  const isDropped = (key) =>
    /^npm_/i.test(key)
      ? !/^npm_config_(registry|cache|proxy|https_proxy|noproxy|cafile|userconfig)$/i.test(key)
      : /^(NODE_ENV|INIT_CWD)$/.test(key);
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !isDropped(key)));
  const path = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, 'node_modules')));
  return { ...env, PATH: path.join(delimiter) };
}

/** The npm that runs us under the Node that runs it, or else the one on the path. */
function npmCommand() {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const isOutside = (file) => file && existsSync(file) && !file.startsWith(join(root, 'node_modules'));
  return isOutside(npm) && isOutside(node) && npm.endsWith('npm-cli.js') ? [node, npm] : ['npm'];
}

const isDebian = () =>
  /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(
    existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
  );

/** Wait for another apt that is at work; do not wait for an archive that does not answer. */
const aptOptions = ['DPkg::Lock::Timeout=120', 'Acquire::Retries=1', 'Acquire::http::Timeout=20'].flatMap(
  (option) => ['-o', option],
);

const policyFile = '/usr/sbin/policy-rc.d';

/** Installs Debian packages without starting what they bring: we start our own, on our own ports. */
async function installSystemPackages(packages) {
  const names = packages.map(({ name }) => name);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const kept = `${policyFile}.holdfast-${process.pid}`;
  const hadPolicy = existsSync(policyFile);
  if (hadPolicy) renameSync(policyFile, kept);
  const restore = () => {
    if (hadPolicy) {
      if (existsSync(kept)) renameSync(kept, policyFile);
    } else rmSync(policyFile, { force: true });
  };
  const interrupted = () => {
    restore();
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupted);
  try {
    if (names.includes('postfix')) {
      // Only its test programs are wanted: without an answer it would configure itself as this machine's mail server.
      spawnSync('debconf-set-selections', {
        input: 'postfix postfix/main_mailer_type select No configuration\n',
        stdio: ['pipe', 'ignore', 'ignore'],
      });
    }
    writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    const update = () =>
      quietly('Reading the package lists', 'apt-get', ['update', '-q', ...aptOptions], { env });
    const install = (known) =>
      quietly(
        `Installing ${known.join(', ')}`,
        'apt-get',
        ['install', '-y', '-q', '--no-install-recommends', ...aptOptions, ...known],
        { env },
      );
    const isKnown = (name) => spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0;
    // One that this distribution does not have must not keep the others away.
    const isUpdated = !names.every(isKnown) && (await update());
    const known = names.filter(isKnown);
    if (known.length === 0 || (await install(known))) return;
    // The lists may be older than the archive.
    if (!isUpdated && (await update())) await install(known);
  } finally {
    restore();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, interrupted);
  }
}

async function prepareSystem(packages) {
  const missing = packages.filter(({ program }) => !isInstalled(program));
  if (missing.length === 0) return;
  const mayInstall = process.getuid?.() === 0 && isDebian() && isInstalled('apt-get');
  if (mayInstall) await installSystemPackages(missing);
  for (const { name, program, without } of missing) {
    if (!isInstalled(program)) console.log(`${name} is not installed: ${without}.`);
  }
  if (!mayInstall && isDebian())
    console.log(`To install: apt install ${missing.map(({ name }) => name).join(' ')}`);
}

const isForTests = process.argv.includes('--for-tests') || process.env.npm_lifecycle_event === 'pretest';
await installNodeModules();
await prepareSystem(isForTests ? [...systemPackages, ...packagesForTests] : systemPackages);
