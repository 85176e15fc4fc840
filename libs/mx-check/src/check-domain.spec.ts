import { checkDomain } from './check-domain';
import type { Severity } from './report';
import { mxCases } from './testing/cases/mx-cases';
import { nameServerCases } from './testing/cases/name-server-cases';
import { policyCases } from './testing/cases/policy-cases';
import { primaryCases } from './testing/cases/primary-cases';
import { openWorld, type Case, type World } from './testing/world';

const allCases = (facts: Pick<World, 'tlsa'>): Case[] => [
  ...mxCases,
  ...primaryCases,
  ...policyCases(facts),
  ...nameServerCases,
];
// The table of names, which do not depend on what certificates come out as.
const names = allCases({ tlsa: { good: '3 1 1 00', ours: '3 1 1 00', authority: '2 1 1 00' } });

const worstFirst: Severity[] = ['blocking', 'warning', 'unknown', 'note', 'ok'];

describe('a domain that', () => {
  let world: Awaited<ReturnType<typeof openWorld>>;
  beforeAll(async () => {
    world = await openWorld(allCases);
  });
  afterAll(() => world.close());

  it.each(names.map(({ it, domain }) => [it, domain]))('%s (%s)', async (_it, domain) => {
    const one = world.cases.find((candidate) => candidate.domain === domain) as Case;
    const { verdict, findings } = await checkDomain(domain, { ...world.settings, ...one.settings });
    for (const [check, wanted] of Object.entries(one.expect)) {
      const [severity, sentence] = typeof wanted === 'string' ? [wanted, /./] : wanted;
      const found = findings.filter((finding) => finding.check === check);
      const worst = found.toSorted(
        (a, b) => worstFirst.indexOf(a.severity) - worstFirst.indexOf(b.severity),
      )[0];
      expect({ check, severity: worst?.severity, found: worst?.found }).toEqual({
        check,
        severity,
        found: expect.stringMatching(sentence),
      });
    }
    expect({
      verdict,
      worst: findings.filter(({ severity }) => severity === 'blocking' || severity === 'warning'),
    }).toMatchObject({ verdict: one.verdict });
    for (const { severity, advice } of findings)
      if (severity === 'blocking' || severity === 'warning') expect(advice).not.toBe('');
  });

  it('is asked about in at least sixty ways', () => {
    expect(new Set(world.cases.map(({ domain }) => domain)).size).toBe(world.cases.length);
    expect(world.cases.length).toBeGreaterThanOrEqual(60);
  });
});
