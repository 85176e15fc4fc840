/**
 * Makes the demo's two customers, through the same API that everybody uses. Doing it again changes nothing: what exists
 * is left as it is, except that a primary of ours that has moved to another port is followed there.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Provider } from './provider';
import { demoTenants, type DemoTenant } from './tenants';

const lookAgainAfterMs = 500;
const tryAgainAfterMs = 3_000; // what it refused once it will hardly take half a second later

/** One round. Throws when the API does not answer or refuses what it should take. */
export async function seedOnce(provider: Provider, primaryPort: number): Promise<void> {
  for (const tenant of demoTenants) {
    const id = await ensureTenant(provider, tenant);
    await ensureDomain(provider, tenant, primaryPort);
    const user = await provider.request('POST', `/tenants/${id}/users`, {
      email: tenant.owner,
      role: 'owner',
    });
    expectStatus(user, [200, 201, 409], `user ${tenant.owner}`);
  }
}

/**
 * Waits for the API and seeds; again and again until it works or the signal ends it.
 * @param failed told why a round did not work, once per reason
 */
export async function seed(
  provider: Provider,
  primaryPort: number,
  signal: AbortSignal,
  failed: (why: unknown) => void,
): Promise<boolean> {
  let lastReason = '';
  while (!signal.aborted) {
    if (await provider.isLive()) {
      try {
        await seedOnce(provider, primaryPort);
        return true;
      } catch (error) {
        const reason = String(error);
        if (reason !== lastReason) failed(error);
        lastReason = reason;
      }
    }
    await pause(lastReason === '' ? lookAgainAfterMs : tryAgainAfterMs, undefined, { signal }).catch(
      () => undefined,
    );
  }
  return false;
}

async function ensureTenant(provider: Provider, tenant: DemoTenant): Promise<string> {
  const path = `/tenants/${encodeURIComponent(tenant.name)}`;
  const found = await provider.request('GET', path);
  if (found.status === 200) return idOf(found);
  const made = await provider.request('POST', '/tenants', { name: tenant.name, contact: tenant.owner });
  expectStatus(made, [200, 201, 409], `tenant ${tenant.name}`);
  return made.status === 409 ? idOf(await provider.request('GET', path)) : idOf(made);
}

async function ensureDomain(provider: Provider, tenant: DemoTenant, port: number): Promise<void> {
  const primary = { host: tenant.primaryHost, port, tlsPolicy: 'opportunistic' };
  const path = `/domains/${tenant.domain}`;
  const found = await provider.request('GET', path);
  if (found.status === 200) {
    const { primaries = [] } = found.body as { primaries?: { host: string; port: number }[] };
    // A visitor may have pointed the domain elsewhere: only our own server is followed.
    const hasMoved = primaries.some((known) => known.host === primary.host && known.port !== port);
    if (hasMoved)
      expectStatus(await provider.request('PATCH', path, { primary }), [200, 204], `${path} primary`);
    return;
  }
  const made = await provider.request('POST', '/domains', {
    domain: tenant.domain,
    tenant: tenant.name,
    primary,
    verified: true,
    recipients: 'any',
  });
  expectStatus(made, [200, 201, 409], `domain ${tenant.domain}`);
}

function expectStatus(answer: Answer, wanted: number[], what: string): void {
  if (wanted.includes(answer.status)) return;
  const { title, detail } = (answer.body ?? {}) as { title?: string; detail?: string };
  throw new Error(`${what}: the api answered ${answer.status} ${detail ?? title ?? ''}`.trim());
}

function idOf(answer: Answer): string {
  const { id } = (answer.body ?? {}) as { id?: unknown };
  if (typeof id !== 'string') throw new Error(`the api answered ${answer.status} without an id`);
  return id;
}
