import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog, type EventName } from '@holdfast/daemon';
import { openPool } from '@holdfast/database';
import { throwAwayDatabase } from '@holdfast/database/testing';
import { deliveryId, newMessageId } from '@holdfast/mail';
import { registerMessages } from '@holdfast/queue';
import type pg from 'pg';
import { readApiConfig } from '../config';
import { createApp } from '../create-app';

export interface Answer {
  status: number;
  headers: Headers;
  // A spec knows what it asked for; naming each body's type would only repeat its expectation.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** What a request says of who sends it. */
export interface As {
  key?: string;
  cookie?: string;
  headers?: Record<string, string>;
}

export interface LoggedEvent {
  event: EventName;
  [field: string]: unknown;
}

/** The real api on a free port, with a real Postgres of its own. Stop it, or the spec does not end. */
export class RunningApp {
  private constructor(
    readonly url: string,
    readonly operator: As,
    readonly dataDir: string,
    readonly owner: pg.Pool,
    readonly ingress: pg.Pool,
    readonly logged: LoggedEvent[],
    private readonly stopAll: () => Promise<void>,
  ) {}

  /** @param via changes the way to Postgres, for specs that block it */
  static async start(
    env: Record<string, string> = {},
    via: (databaseUrl: string) => string = (databaseUrl) => databaseUrl,
  ): Promise<RunningApp> {
    const database = await throwAwayDatabase();
    const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-api-'));
    const consoleDir = join(dataDir, 'console');
    await mkdir(consoleDir);
    await writeFile(
      join(consoleDir, 'index.html'),
      '<!doctype html><title>Holdfast</title><hf-root></hf-root>',
    );
    await writeFile(join(consoleDir, 'main-ABCDEFGH.js'), 'export {};');
    await writeFile(join(consoleDir, 'mark.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const logged: LoggedEvent[] = [];
    const log = openLog('api', 'info', { write: (line: string) => void logged.push(JSON.parse(line)) });
    const app = await createApp(
      readApiConfig({
        DATABASE_URL: via(database.urlAs('api')),
        HOLDFAST_OPERATOR_DATABASE_URL: via(database.urlAs('operator')),
        HOLDFAST_DATA_DIR: dataDir,
        HOLDFAST_HTTP_PORT: '0',
        HOLDFAST_HOSTNAME: 'mx2.provider.test',
        HOLDFAST_CONSOLE_DIR: consoleDir,
        ...env,
      }),
      log,
    );
    const port = await app.listen();
    const owner = openPool({ url: database.url, max: 2, program: 'spec' });
    const ingress = openPool({ url: database.urlAs('ingress'), max: 2, program: 'spec' });
    const key = (await readFile(join(dataDir, 'operator.key'), 'utf8')).trim();
    return new RunningApp(`http://127.0.0.1:${port}`, { key }, dataDir, owner, ingress, logged, async () => {
      await app.close();
      await Promise.all([owner.end(), ingress.end()]);
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    });
  }

  stop(): Promise<void> {
    return this.stopAll();
  }

  /** Speaks to the api; JSON both ways. A cookie is sent as a browser on our own page would. */
  async ask(as: As | undefined, method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(as?.key && { authorization: `Bearer ${as.key}` }),
        ...(as?.cookie && { cookie: as.cookie, origin: this.url }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...as?.headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text ? JSON.parse(text) : text,
    };
  }

  /** A tenant with a domain, and a person who is signed in. */
  async tenant(
    name: string,
    role = 'owner',
  ): Promise<{ id: string; domain: string; domainId: string; person: As }> {
    const { body: tenant } = await this.ask(this.operator, 'POST', '/api/v1/tenants', { name });
    const domain = `${name.toLowerCase().replaceAll(' ', '-')}.example`;
    const { body: added } = await this.ask(this.operator, 'POST', '/api/v1/domains', {
      domain,
      tenant: name,
      primary: { host: 'mail.example.org' },
      verified: true,
    });
    return {
      id: tenant.id,
      domain,
      domainId: added.id,
      person: await this.person(name, `${role}@${domain}`, role),
    };
  }

  /** A person with a role in a tenant, signed in by a one-time link. */
  async person(tenant: string, email: string, role: string): Promise<As> {
    const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/users`;
    const { body } = await this.ask(this.operator, 'POST', path, { email, role });
    const link = new URL(body.signInUrl);
    const answer = await this.ask(undefined, 'GET', `${link.pathname}${link.search}`);
    return { cookie: cookieOf(answer) };
  }

  /** Mail as the ingress registers it; the ids of its deliveries. */
  async mail(
    tenantId: string,
    domainId: string,
    recipients: string[],
    isQuarantined = false,
  ): Promise<string[]> {
    const id = newMessageId();
    await registerMessages(this.ingress, [
      {
        id,
        tenantId,
        node: 'node-1',
        sender: 'sender@elsewhere.test',
        bytes: 1234,
        receivedAt: new Date().toISOString(),
        clientAddress: '192.0.2.7',
        clientName: 'mail.elsewhere.test',
        helo: 'mail.elsewhere.test',
        tls: null,
        scan: 'clean',
        score: 0.1,
        symbols: {},
        recipients: recipients.map((address) => ({
          address,
          domainId,
          expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
          isQuarantined,
        })),
      },
    ]);
    return recipients.map((_, index) => deliveryId(id, index));
  }
}

/** The session cookie that an answer set, as a browser sends it back. */
export function cookieOf({ headers }: Answer): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
