import pg from 'pg';
import { channels, type ChannelName } from './channels';

export interface Listener {
  close(): Promise<void>;
}

type Payload = Record<string, unknown>;

const firstRetryMs = 250;
const longestRetryMs = 5_000;

/**
 * Keeps one connection that listens to `names` and calls `onNotice` for each notification. When the connection breaks it comes
 * back by itself, and `onConnect` is called after every connect: what was said in between is lost, so look at everything then.
 */
export function listen(
  url: string,
  names: ChannelName[],
  handlers: {
    onNotice(name: ChannelName, payload: Payload): void;
    onConnect?(): void;
    onLost?(error: Error): void;
  },
): Listener {
  const nameOf = new Map<string, ChannelName>(names.map((name) => [channels[name], name]));
  let client: pg.Client | undefined;
  let retryMs = firstRetryMs;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const connect = async (): Promise<void> => {
    const mine = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      application_name: 'holdfast-listener',
    });
    client = mine;
    let isGone = false;
    const lost = (error: Error): void => {
      if (isGone) return;
      isGone = true;
      mine.end().catch(() => undefined);
      if (isClosed) return;
      handlers.onLost?.(error);
      timer = setTimeout(() => void connect(), retryMs);
      retryMs = Math.min(retryMs * 2, longestRetryMs);
    };
    mine.on('error', lost);
    mine.on('end', () => lost(new Error('Postgres closed the connection')));
    mine.on('notification', ({ channel, payload }) => {
      const name = nameOf.get(channel);
      if (name) handlers.onNotice(name, parse(payload));
    });
    try {
      await mine.connect();
      for (const channel of nameOf.keys()) await mine.query(`listen ${channel}`);
      retryMs = firstRetryMs;
      handlers.onConnect?.();
    } catch (error) {
      lost(error as Error);
    }
  };
  void connect();

  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

function parse(payload: string | undefined): Payload {
  try {
    return JSON.parse(payload ?? '{}') as Payload;
  } catch {
    // Somebody else used our channel by hand. "Something changed" is still true.
    return {};
  }
}
