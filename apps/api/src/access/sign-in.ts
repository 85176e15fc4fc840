import { createHash } from 'node:crypto';
import type { Log } from '@holdfast/daemon';
import { betterAuth } from 'better-auth';
import { magicLink } from 'better-auth/plugins';
import type pg from 'pg';
import type { Config } from '../config';

/** For Nest: `@Inject(SIGN_IN) signIn: SignIn`. */
export const SIGN_IN = Symbol('sign-in');
export type SignIn = ReturnType<typeof createSignIn>;

/** How long a one-time link may lie in somebody's mailbox before it is used. */
export const linkDays = 7;

/** Where better-auth reads the client's address; we write it ourselves, so that nobody else can (auth.controller.ts). */
export const clientAddressHeader = 'x-holdfast-client-address';

const tables = {
  user: {
    modelName: 'users',
    fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
  },
  session: {
    modelName: 'sessions',
    fields: {
      userId: 'user_id',
      expiresAt: 'expires_at',
      ipAddress: 'ip_address',
      userAgent: 'user_agent',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
  },
  account: {
    modelName: 'accounts',
    fields: {
      userId: 'user_id',
      accountId: 'account_id',
      providerId: 'provider_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
  },
  verification: {
    modelName: 'verifications',
    fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
  },
} as const;

/**
 * People and their sessions, by better-auth: passwords, one-time links, cookies. Our part is where it keeps them, and what it does
 * not offer to strangers.
 * @param secret signs cookies; at least 32 characters
 */
export function createSignIn({
  pool,
  secret,
  config,
  log,
}: {
  pool: pg.Pool;
  secret: string;
  config: Config;
  log: Log;
}) {
  return betterAuth({
    appName: 'Holdfast',
    basePath: '/api/auth',
    ...(config.publicUrl !== null && { baseURL: config.publicUrl }),
    secret,
    database: pool,
    ...tables,
    emailAndPassword: {
      enabled: true,
      // People come in by an operator's word; a door that strangers can walk through needs a mail that proves their address.
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 256,
    },
    plugins: [
      magicLink({
        expiresIn: linkDays * 86_400,
        disableSignUp: true,
        storeToken: { type: 'custom-hasher', hash: async (token) => hashOfLink(token) },
        // Only asked where a stranger wants a link, and that path is closed (auth.controller.ts): people.ts makes the links.
        sendMagicLink: () => Promise.reject(new Error('Links are made by operators only')),
      }),
    ],
    // Guessing is slowed down before it gets here (sign-in-limits.ts).
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'holdfast',
      // The tables are ours and migrated before we start; asking again at each start would only fail when Postgres is late.
      database: { validateSchema: false },
      useSecureCookies: config.publicUrl?.startsWith('https:') ?? false,
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      // Said, because it is off by itself where NODE_ENV is "test", and our specs test what runs.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    databaseHooks: {
      session: {
        create: {
          after: async ({ userId, ipAddress }) => log('signed-in', { userId, clientAddress: ipAddress }),
        },
      },
    },
    telemetry: { enabled: false },
    // What is no refusal comes out as it is, and problem.filter.ts decides what it is.
    onAPIError: { throw: true },
    logger: {
      level: 'error',
      // It also calls a wrong password an error, and names who tried; that is a stranger's mistake and nobody's field.
      log: (_level, message, ...more) => {
        const error = more.find((one) => one instanceof Error);
        if (error) log('request-failed', { while: 'signing in', detail: message, error });
      },
    },
  });
}

/** What of a one-time link is kept: enough to know it again, nothing that opens a door. */
export function hashOfLink(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
