/** What a stranger's zone and a stranger's servers can do to a check: nothing. */
import { checkDomain } from './check-domain';
import { hostOf, openWorld, us, zone, type World } from './testing/world';

const many = Array.from({ length: 200 }, (_, n) => `mail-${n}.flood.test`);

describe('a check', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(() => [
      {
        it: 'hangs everywhere',
        domain: 'hangs.policy.test',
        zones: zone(
          'hangs.policy.test',
          { MX: [`10 ${hostOf('silent')}`, `20 ${us}`] },
          { '_mta-sts.hangs.policy.test': { TXT: ['v=STSv1; id=1'] } },
        ),
        misbehave: { '_smtp._tls.hangs.policy.test': 'dead' },
        second: { misbehave: { 'hangs.policy.test': 'dead' } },
        policy: { hangs: true },
        expect: {},
        verdict: 'ok',
      },
      {
        it: 'leads inside',
        domain: 'inside.test',
        zones: zone(
          'inside.test',
          {},
          {
            '_mta-sts.inside.test': { TXT: ['v=STSv1; id=1'] },
            'mta-sts.inside.test': { A: ['127.4.0.1'] },
          },
        ),
        expect: {},
        verdict: 'ok',
      },
      {
        it: 'names hundreds of hosts',
        domain: 'flood.test',
        zones: {
          ...zone('flood.test', { MX: [...many.map((host) => `10 ${host}`), `20 ${us}`] }),
          ...Object.fromEntries(many.map((host) => [host, { A: ['127.2.0.10'] }])),
        },
        expect: {},
        verdict: 'ok',
      },
    ]);
  });
  afterAll(() => world.close());

  it('is over within ten seconds, whatever hangs, and alarms nobody by what it could not ask', async () => {
    const began = performance.now();
    const { findings, isComplete } = await checkDomain('hangs.policy.test', world.settings);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(isComplete).toBe(false);
    const severityOf = (check: string) => findings.find((finding) => finding.check === check)?.severity;
    expect(severityOf('mx-order')).toBe('ok');
    expect(severityOf('mta-sts')).toBe('unknown');
    expect(severityOf('tls-rpt')).toBe('unknown');
    expect(severityOf('authorities-answer')).toBe('unknown');
    // We answer, so the way out is open, and the silence is the primary's own.
    expect(findings.find(({ check }) => check === 'primary-answers')).toMatchObject({
      severity: 'warning',
      found: expect.stringMatching(/did not answer in time/),
    });
  }, 15_000);

  it('ends early when it is told to', async () => {
    const began = performance.now();
    await checkDomain('hangs.policy.test', { ...world.settings, deadlineMs: 300 });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('connects to no address inside unless the operator allows it', async () => {
    const before = [world.primaries.good.sessions, world.ours.sessions, world.connections()];
    const asked = world.dns.asked.length;
    const { findings, verdict } = await checkDomain('inside.test', {
      ...world.settings,
      allowPrivate: false,
      primaries: [{ host: '127.2.0.10', port: world.ours.port }],
    });
    expect([world.primaries.good.sessions, world.ours.sessions, world.connections()]).toEqual(before);
    expect(findings.filter(({ check }) => check === 'mx-private')).toHaveLength(2);
    expect(findings.find(({ check }) => check === 'mta-sts')).toMatchObject({ severity: 'unknown' });
    expect(findings.find(({ check }) => check === 'primary-answers')).toMatchObject({ severity: 'unknown' });
    expect(verdict).toBe('warning');
    // The resolver is ours and was asked; the name servers that the zone names were not: all that was asked wanted recursion.
    expect(world.dns.asked.length).toBeGreaterThan(asked);
    expect(findings.find(({ check }) => check === 'authorities-answer')).toMatchObject({
      severity: 'unknown',
    });
  });

  it('asks a bounded number of questions of a zone that names hundreds of hosts', async () => {
    const [sessions, asked] = [world.primaries.good.sessions, world.dns.asked.length];
    const { findings } = await checkDomain('flood.test', world.settings);
    expect(findings.find(({ check }) => check === 'mx-exists')).toMatchObject({
      severity: 'note',
      found: expect.stringMatching(/10 or more/),
    });
    expect(world.primaries.good.sessions - sessions).toBeLessThanOrEqual(10);
    expect(world.dns.asked.length - asked).toBeLessThan(200);
  });

  it('sends nothing to anybody', () => {
    const servers = [world.ours, ...Object.values(world.primaries)];
    expect(servers.map(({ count }) => count)).toEqual(servers.map(() => 0));
  });
});
