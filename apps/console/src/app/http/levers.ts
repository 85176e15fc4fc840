import { HttpClient } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { LeverAction } from './contract';

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
    return (await firstValueFrom(this.http.post<{ changed: number }>('/api/v1/deliveries/actions', body)))
      .changed;
  }
}
