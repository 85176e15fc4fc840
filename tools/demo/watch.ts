/**
 * Keeps what the page says about the provider true: asks the API when its stream says that something moved, and not
 * more often than a person can read.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Provider } from './provider';
import { demoTenants } from './tenants';

export interface DomainState {
  domain: string;
  held: number;
  sending: number;
  quarantined: number;
  delivered: number;
  refused: number;
  /** The outage that is open now. */
  outage: { beganAt: string; noticedAt: string; cause: string; messagesHeld: number } | null;
}

const notMoreOftenThanMs = 250;
const atLeastEveryMs = 4_000; // should a hint be lost, the page is wrong for this long at most

export class ProviderWatch {
  /** undefined while the API does not answer, or knows nothing of the demo's domains yet. */
  domains: DomainState[] | undefined;
  #hinted: () => void = () => undefined;

  constructor(
    private readonly provider: Provider,
    private readonly changed: () => void,
  ) {}

  /** Something may have moved: look soon. */
  hint(): void {
    this.#hinted();
  }

  async run(signal: AbortSignal): Promise<void> {
    void this.provider.follow(() => this.hint(), signal);
    while (!signal.aborted) {
      const hinted = new Promise<void>((resolve) => (this.#hinted = resolve));
      const before = JSON.stringify(this.domains);
      this.domains = await this.#ask();
      if (JSON.stringify(this.domains) !== before) this.changed();
      const idle = new AbortController();
      const ended = AbortSignal.any([signal, idle.signal]);
      await pause(notMoreOftenThanMs, undefined, { signal }).catch(() => undefined);
      await Promise.race([
        hinted,
        pause(atLeastEveryMs, undefined, { signal: ended }).catch(() => undefined),
      ]);
      idle.abort();
    }
  }

  async #ask(): Promise<DomainState[] | undefined> {
    try {
      const answers = await Promise.all(
        demoTenants.map(({ domain }) => this.provider.request('GET', `/domains/${domain}`)),
      );
      if (answers.some(({ status }) => status !== 200)) return undefined;
      return answers.map(({ body }, n) => toState(demoTenants[n]?.domain ?? '', body as ApiDomain));
    } catch {
      return undefined;
    }
  }
}

interface ApiDomain {
  counts?: Partial<Record<'held' | 'sending' | 'quarantined' | 'delivered' | 'refused', number>>;
  outage?: DomainState['outage'];
}

function toState(domain: string, { counts = {}, outage = null }: ApiDomain): DomainState {
  const { held = 0, sending = 0, quarantined = 0, delivered = 0, refused = 0 } = counts;
  return { domain, held, sending, quarantined, delivered, refused, outage };
}
