import { spawn } from 'node:child_process';
import type { RoleName } from '@holdfast/database';
import { CannotStart } from './cannot-start';

export interface Migrated {
  /** names of the migrations that ran now */
  ran: string[];
  urls: Record<RoleName, string>;
}

/**
 * Runs the migrations in a process of their own: TypeORM stays out of the supervisor, and the owner's password out of every
 * program that lives longer than a second.
 */
export async function migrateDatabase(options: {
  program: string;
  ownerUrl: string;
  roleSecret: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}): Promise<Migrated> {
  const { program, ownerUrl, roleSecret, env, signal } = options;
  const child = spawn(process.execPath, [program], {
    env: { ...env, DATABASE_URL: ownerUrl, HOLDFAST_ROLE_SECRET: roleSecret },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    signal,
  });
  let migrated: Migrated | undefined;
  let words = '';
  child.on('message', (message: Migrated & { type?: string }) => {
    if (message.type === 'migrated') migrated = message;
  });
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (migrated) return migrated;
  const lines = words.split('\n').filter((line) => line.trim() !== '');
  const reason = lines.find((line) => /Error\b/.test(line)) ?? lines[0] ?? 'no reason was given';
  throw new CannotStart(`The database could not be brought to the newest schema: ${reason.trim()}`);
}
