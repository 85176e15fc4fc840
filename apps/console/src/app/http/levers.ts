import { HttpClient } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { LeverAction } from './contract';

const askEveryMs = 1_000;

/** The levers of a person: try again now, hold, release, discard. */
@Injectable({ providedIn: 'root' })
export class Levers {
  private readonly http = inject(HttpClient);

  /** Moves these deliveries; resolves to how many moved (others may have been settled meanwhile). */
  async pull(action: LeverAction, deliveries: readonly string[]): Promise<number> {
    return this.post({ action, deliveries });
  }

  /** Moves every delivery of a domain that the action fits. */
  async pullAll(action: LeverAction, domain: string): Promise<number> {
    return this.post({ action, domain });
  }

  private async post(body: object): Promise<number> {
    const answer = await firstValueFrom(
      this.http.post<{ changed: number; jobId?: string }>('/api/v1/deliveries/actions', body),
    );
    return answer.jobId === undefined ? answer.changed : this.follow(answer.jobId);
  }

  /** Many are moved in the background; resolves to how many when that has ended. */
  private async follow(jobId: string): Promise<number> {
    for (;;) {
      const job = await firstValueFrom(
        this.http.get<{ changed: number; endedAt: string | null }>(`/api/v1/jobs/${jobId}`),
      );
      if (job.endedAt !== null) return job.changed;
      await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    }
  }
}
