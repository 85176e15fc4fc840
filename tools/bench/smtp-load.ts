/** The load: smtp-source and smtp-sink, as Postfix's author made them to measure Postfix. */
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Child } from './child';
import { backedUpDomain } from './contestant';
import { unpack } from '../real-servers/unpack';
import type { Workplace } from './workplace';

export interface Load {
  messages: number;
  bytes: number;
  sessions: number;
  /** smtp-source opens a new connection for each message */
  isOnePerConnection?: boolean;
}

export interface PostfixFiles {
  folder: string;
  /** where its own libraries are */
  libraries: string;
}

export async function postfixFiles(): Promise<PostfixFiles> {
  const folder = await unpack(['postfix']);
  return { folder, libraries: join(folder, 'usr/lib/postfix') };
}

function startTool(
  place: Workplace,
  { folder, libraries }: PostfixFiles,
  name: string,
  args: string[],
): Child {
  return place.start({
    name,
    command: join(folder, 'usr/sbin', name),
    args,
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  });
}

/** Sends; resolves when every message has its 250. @throws Error when one was refused */
export function send(place: Workplace, port: number, load: Load): Promise<void> {
  return sendTo(place, port, backedUpDomain, load);
}

export async function sendTo(place: Workplace, port: number, domain: string, load: Load): Promise<void> {
  const { messages, bytes, sessions, isOnePerConnection = false } = load;
  const source = startTool(place, await postfixFiles(), 'smtp-source', [
    ...(isOnePerConnection ? [] : ['-d']),
    ...['-s', String(sessions), '-m', String(messages), '-l', String(bytes)],
    ...['-f', 'sender@elsewhere.test', '-t', `somebody@${domain}`, '-M', 'elsewhere.test'],
    `127.0.0.1:${port}`,
  ]);
  await source.done();
}

/** A primary that takes `messages` messages and then ends; resolves when it listens. */
export async function openSink(place: Workplace, port: number, messages: number): Promise<Child> {
  const sink = startTool(place, await postfixFiles(), 'smtp-sink', [
    ...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []),
    ...['-M', String(messages), '-m', '1000', '-h', `mail.${backedUpDomain}`],
    `127.0.0.1:${port}`,
    '511',
  ]);
  await sink.untilReady(() => listens(port));
  return sink;
}

export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

/** Listens and has greeted. */
export function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (hasGreeted: boolean): void => {
      socket.destroy();
      resolve(hasGreeted);
    };
    socket.setTimeout(5_000, () => end(false));
    socket.once('data', (data: Buffer) => end(data.toString().startsWith('220')));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
