import type { Response } from 'express';
import type { Actor } from '../access/actor';

/** What one tenant's view is called among the views; `everybody` is the operator's. */
export type ViewName = string;
export const everybody: ViewName = 'everybody';

/** More than this unread means that nobody reads: a laptop that was closed, a network that went away. */
const mostUnreadBytes = 1024 * 1024;

/** One live connection of one console. */
export class Viewer {
  constructor(
    public actor: Actor,
    private readonly response: Response,
  ) {}

  /** The views of the data that this connection may be told about, and no other. */
  get views(): ViewName[] {
    return viewsOf(this.actor);
  }

  tell(event: 'counts' | 'delivery' | 'outage' | 'notification', data: object): void {
    this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** A comment: it says that the line is alive, and no program sees it. */
  beat(): void {
    this.write(': still here\n\n');
  }

  end(): void {
    this.response.end();
  }

  private write(text: string): void {
    if (this.response.writableEnded) return;
    this.response.write(text);
    if (this.response.writableLength > mostUnreadBytes) this.response.destroy();
  }
}

export function viewsOf(actor: Actor): ViewName[] {
  if (actor.kind === 'operator') return [actor.tenant?.id ?? everybody];
  return actor.memberships.map(({ tenantId }) => tenantId);
}
