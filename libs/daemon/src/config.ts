import { networkInterfaces } from 'node:os';

/** One key of a program's configuration: where it comes from, how to read it, what it is when nobody says. */
export interface Setting<T> {
  env: string;
  read(text: string): T;
  /** undefined: must be given */
  default: T | undefined;
}

/** What is wrong with the configuration, all of it at once, each line naming its key. */
export class ConfigProblems extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}

type Values<S extends Record<string, Setting<unknown>>> = {
  [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/**
 * Reads a whole configuration. An empty variable counts as not given, because compose files and unit files set them so.
 * @throws ConfigProblems naming every key that is missing or wrong
 */
export function readConfig<S extends Record<string, Setting<unknown>>>(
  settings: S,
  env: NodeJS.ProcessEnv = process.env,
): Values<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const text = env[setting.env]?.trim();
    if (text === undefined || text === '') {
      if (setting.default === undefined) problems.push(`${setting.env} must be set`);
      values[key] = setting.default;
      continue;
    }
    try {
      values[key] = setting.read(text);
    } catch (error) {
      // The value is not repeated: it may be a secret.
      problems.push(`${setting.env} ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new ConfigProblems(problems);
  return values as Values<S>;
}

export const text = (env: string, fallback?: string): Setting<string> => ({
  env,
  default: fallback,
  read: (value) => value,
});

/** A variable that may be absent. */
export const optionalText = (env: string): Setting<string | null> => ({
  env,
  default: null,
  read: (value) => value,
});

export const integer = (
  env: string,
  fallback: number | undefined,
  min: number,
  max: number,
): Setting<number> => ({
  env,
  default: fallback,
  read(value) {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max)
      throw new Error(`must be a whole number from ${min} to ${max}`);
    return number;
  },
});

/** A TCP port; 0 means any free one. */
export const port = (env: string, fallback?: number): Setting<number> => integer(env, fallback, 0, 65_535);

export const onOff = (env: string, fallback: boolean): Setting<boolean> => ({
  env,
  default: fallback,
  read(value) {
    if (value !== 'on' && value !== 'off') throw new Error('must be on or off');
    return value === 'on';
  },
});

export const oneOf = <T extends string>(env: string, choices: readonly T[], fallback: T): Setting<T> => ({
  env,
  default: fallback,
  read(value) {
    if (!choices.includes(value as T)) throw new Error(`must be one of ${choices.join(', ')}`);
    return value as T;
  },
});

export const url = (env: string, protocols: string[], fallback?: string): Setting<string> => ({
  env,
  default: fallback,
  read(value) {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (!parsed || !protocols.includes(parsed.protocol))
      throw new Error(`must be a URL beginning with ${protocols.map((name) => `${name}//`).join(' or ')}`);
    return value;
  },
});

/** DNS servers as `host:port,...`; none means the system's. The port may be left out. */
export const dnsServers = (env: string): Setting<string[]> => ({
  env,
  default: [],
  read(value) {
    const servers = value.split(',').map((server) => server.trim());
    for (const server of servers) {
      if (!/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/.test(server))
        throw new Error('must be addresses with ports, such as 127.0.0.1:53,[::1]:53');
    }
    return servers;
  },
});

/** Host names as `mx1.example.net,mx2.example.net`. */
export const hostNames = (env: string): Setting<string[]> => ({
  env,
  default: [],
  read(value) {
    const names = value.split(',').map((name) => name.trim());
    if (!names.every((name) => /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i.test(name)))
      throw new Error('must be host names such as mx1.example.net,mx2.example.net');
    return names;
  },
});

/** Where to listen to be reached at every address of this machine: `::` takes IPv4 as well, and `0.0.0.0` is for one without IPv6. */
export function everyAddress(): string {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.some((address) => address?.family === 'IPv6') ? '::' : '0.0.0.0';
}
