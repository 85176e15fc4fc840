import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { PartPlan } from './part';
import type { ServiceUser } from './service-user';

/** Redis keeps what rspamd remembers between messages: whom it has greylisted, what it has learned. */
export async function redisPart(options: {
  program: string;
  folder: string;
  user: ServiceUser;
  port: number;
  password: string;
}): Promise<PartPlan> {
  const { program, folder, user, port, password } = options;
  await user.ownFolder(folder);
  const config = join(folder, 'redis.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    'daemonize no',
    'save 300 10',
    'maxmemory 256mb',
    'maxmemory-policy volatile-lru',
    'loglevel notice',
  ];
  await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o600 });
  await user.own(config);
  return {
    name: 'redis',
    ...user.run(program, [config], 'SIGTERM'),
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    ready: () => answersTo(port, `AUTH ${password}\r\nPING\r\n`, '+PONG'),
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
    plainLevel: () => 'debug',
  };
}

/** Whether a server on loopback answers to these bytes with something that contains `expected`. */
export function answersTo(port: number, question: string, expected: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const finish = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(answer.includes(expected)));
    socket.on('connect', () => socket.write(question));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.includes(expected)) finish(true);
    });
  });
}
