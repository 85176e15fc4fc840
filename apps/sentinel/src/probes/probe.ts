import { once } from 'node:events';
import type { NextHopFinder, Primary } from '@holdfast/directory';
import { knock } from './greeting';

export type ProbeResult =
  | { isUp: true; latencyMs: number }
  /** addresses: what was tried; cause: for people, such as `connection refused`, `no answer within 3 seconds`, `greets with 421 4.3.2 Too busy` */
  | { isUp: false; cause: string; latencyMs: number; addresses?: string[] };

export interface ProbeSettings {
  /** resolves by our DNS servers and refuses addresses where a tenant must not send us; what it gives is what we connect to */
  finder: Pick<NextHopFinder, 'find'> & Partial<Pick<NextHopFinder, 'greetsLikeUs'>>;
  /** our name in EHLO */
  hello: string;
  /** One SYN may get lost; the second goes out after a second. Longer would only make black holes slow to notice. */
  connectTimeoutMs: number;
  /** for everything, the look-up included */
  timeoutMs: number;
  signal?: AbortSignal;
}

export const usualTimeouts = { connectTimeoutMs: 3_000, timeoutMs: 10_000 };

/**
 * Whether one primary takes mail at this moment, as far as that can be known without sending any. Its addresses are tried in
 * turn. Never rejects: that a probe fails is what it is for.
 */
export async function probePrimary(primary: Primary, settings: ProbeSettings): Promise<ProbeResult> {
  const began = performance.now();
  const latencyMs = (): number => Math.round(performance.now() - began);
  const found = await within(settings, settings.finder.find([primary]));
  if (!Array.isArray(found)) return { isUp: false, cause: found, latencyMs: latencyMs() };
  let first: string | undefined;
  for (const { address, port } of found) {
    const leftMs = settings.timeoutMs - latencyMs();
    if (leftMs <= 0 || settings.signal?.aborted) break;
    const connectTimeoutMs = Math.min(settings.connectTimeoutMs, leftMs);
    const cause = await knock({
      address,
      port,
      hello: settings.hello,
      connectTimeoutMs,
      timeoutMs: leftMs,
      isOurselves: (name) => settings.finder.greetsLikeUs?.(name, { address, port }) ?? false,
      signal: settings.signal,
    });
    if (cause === undefined) return { isUp: true, latencyMs: latencyMs() };
    first ??= cause;
  }
  const addresses = found.map(({ address }) => address);
  return { isUp: false, cause: first ?? 'no answer', latencyMs: latencyMs(), addresses };
}

/**
 * Probes all primaries of a domain at once. One that is up is enough, since that is where the relay then goes; when none is,
 * the most preferred one's cause counts.
 * @param primaries most preferred first
 */
export async function probePrimaries(primaries: Primary[], settings: ProbeSettings): Promise<ProbeResult> {
  const results = await Promise.all(primaries.map((primary) => probePrimary(primary, settings)));
  const good = results.find(({ isUp }) => isUp);
  if (good) return good;
  const bad = results.filter((result) => !result.isUp);
  const cause = bad[0]?.cause ?? 'the domain has no primary';
  const addresses = bad.flatMap((result) => result.addresses ?? []);
  return { isUp: false, cause, latencyMs: bad[0]?.latencyMs ?? 0, addresses };
}

/** What it resolves to, or in words why it did not in time. */
async function within<T>({ timeoutMs, signal }: ProbeSettings, looking: Promise<T[]>): Promise<T[] | string> {
  const late = AbortSignal.timeout(timeoutMs);
  const stop = signal ? AbortSignal.any([late, signal]) : late;
  const stopped = once(stop, 'abort').then(() => 'its name could not be looked up in DNS in time');
  return Promise.race([looking.catch((error: Error) => error.message), stopped]);
}
