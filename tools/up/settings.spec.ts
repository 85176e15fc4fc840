import { ConfigProblems, everyAddress } from '@holdfast/daemon';
import { readSettings } from './settings';

const problemsOf = (env: NodeJS.ProcessEnv): string[] => {
  try {
    readSettings(env, false);
    return [];
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems;
    throw error;
  }
};

describe('the settings', () => {
  it('have a default for everything', () => {
    const settings = readSettings({}, true, 2);
    expect(settings).toMatchObject({
      smtpHost: everyAddress(),
      smtpPort: 2525,
      httpHost: '127.0.0.1',
      httpPort: 3000,
      demoPort: 3010,
      dnsServers: [],
      isDemo: true,
      isScanning: true,
      mayUsePrivatePrimaries: true,
      ingressWorkers: 1,
      relayWorkers: 1,
      databaseUrl: null,
      rspamdUrl: null,
      notifySmtpUrl: null,
      log: 'pretty',
    });
    expect(settings.dataDir).toBe(`${process.cwd()}/.holdfast`);
    expect(settings.node).toBe(settings.hostname);
  });

  it('let a bigger machine have more workers', () => {
    const workers = (cores: number): number => readSettings({}, false, cores).ingressWorkers;
    expect([1, 2, 3, 4, 8, 64].map(workers)).toEqual([1, 1, 1, 2, 4, 32]);
  });

  it('speak JSON where no person watches', () => {
    expect(readSettings({}, false).log).toBe('json');
    expect(readSettings({ HOLDFAST_LOG: 'pretty' }, false).log).toBe('pretty');
  });

  it('keep private primaries for the demo, unless somebody says otherwise', () => {
    expect(readSettings({ HOLDFAST_DEMO: 'off' }, false).mayUsePrivatePrimaries).toBe(false);
    expect(
      readSettings({ HOLDFAST_DEMO: 'off', HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'on' }, false)
        .mayUsePrivatePrimaries,
    ).toBe(true);
    expect(readSettings({ HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'off' }, false).mayUsePrivatePrimaries).toBe(
      false,
    );
  });

  it('move the demo page with the console', () => {
    expect(readSettings({ HOLDFAST_HTTP_PORT: '8080' }, false).demoPort).toBe(8090);
    expect(readSettings({ HOLDFAST_HTTP_PORT: '0' }, false).demoPort).toBe(0);
    expect(readSettings({ HOLDFAST_HTTP_PORT: '0', HOLDFAST_SMTP_PORT: '0' }, false)).toMatchObject({
      httpPort: 0,
      smtpPort: 0,
    });
  });

  it.each([
    ['HOLDFAST_SMTP_PORT', '70000'],
    ['HOLDFAST_SMTP_PORT', 'smtp'],
    ['HOLDFAST_HTTP_PORT', '-1'],
    ['HOLDFAST_DEMO_PORT', '1.5'],
    ['HOLDFAST_DEMO', 'yes'],
    ['HOLDFAST_SCANNING', '1'],
    ['HOLDFAST_ALLOW_PRIVATE_PRIMARIES', 'true'],
    ['HOLDFAST_HOSTNAME', 'mx 1'],
    ['HOLDFAST_HOSTNAME', '-x.example.net'],
    ['HOLDFAST_DNS_SERVERS', 'ns.example.net'],
    ['HOLDFAST_INGRESS_WORKERS', '0'],
    ['HOLDFAST_RELAY_WORKERS', '1000'],
    ['HOLDFAST_NOTIFY_SMTP_URL', 'relay.example.net:25'],
    ['HOLDFAST_LOG', 'xml'],
    ['DATABASE_URL', 'mysql://db/holdfast'],
    ['RSPAMD_URL', 'localhost:11333'],
  ])('refuse a wrong %s in one sentence that names it', (key, value) => {
    const problems = problemsOf({ [key]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${key} must be `));
  });

  it('refuse two servers on one port', () => {
    expect(problemsOf({ HOLDFAST_SMTP_PORT: '3000' })).toEqual([
      'HOLDFAST_SMTP_PORT and HOLDFAST_HTTP_PORT must differ, both are 3000',
    ]);
    expect(problemsOf({ HOLDFAST_SMTP_PORT: '3010' })).toEqual([
      'HOLDFAST_DEMO_PORT and HOLDFAST_SMTP_PORT must differ, both are 3010',
    ]);
    expect(problemsOf({ HOLDFAST_SMTP_PORT: '3010', HOLDFAST_DEMO: 'off' })).toEqual([]);
  });
});
