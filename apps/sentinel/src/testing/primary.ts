import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

type Manner = 'answers' | 'refuses' | 'hangs' | 'closes' | { greets: string } | { says: string };

/**
 * A mail server as a probe sees one: greets, answers EHLO, says goodbye; or refuses, hangs, closes, or says something else. It
 * keeps its port while it refuses.
 */
export class TestPrimary {
  port = 0;
  connections = 0;
  readonly heard: string[] = [];
  private waiting: (() => void)[] = [];
  private server: Server | undefined;
  private manner: Manner = 'answers';
  private readonly sockets = new Set<Socket>();

  static async start(manner: Manner = 'answers'): Promise<TestPrimary> {
    const primary = new TestPrimary();
    await primary.listen();
    await primary.becomes(manner);
    return primary;
  }

  async becomes(manner: Manner): Promise<void> {
    this.manner = manner;
    if (manner === 'refuses') await this.close();
    else if (!this.server) await this.listen();
  }

  async hears(line: string): Promise<void> {
    while (!this.heard.includes(line)) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    if (!server) return;
    server.close();
    await once(server, 'close');
  }

  private async listen(): Promise<void> {
    const server = createServer((socket) => this.serve(socket));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  private serve(socket: Socket): void {
    this.connections++;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    const { manner } = this;
    if (manner === 'closes') return void socket.end();
    if (manner === 'hangs') return;
    if (typeof manner === 'object' && 'says' in manner) return void socket.write(manner.says);
    socket.write(`${typeof manner === 'object' ? manner.greets : '220 primary.test ESMTP'}\r\n`);
    socket.on('data', (chunk) => {
      const line = chunk.toString().trim();
      this.heard.push(line);
      for (const wake of this.waiting.splice(0)) wake();
      if (line.startsWith('EHLO')) socket.write('250-primary.test\r\n250-PIPELINING\r\n250 SIZE 1000\r\n');
      else if (line.startsWith('QUIT')) socket.end('221 2.0.0 Bye\r\n');
      else socket.write('500 5.5.1 What?\r\n');
    });
  }
}
