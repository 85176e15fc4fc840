import { createServer, type AddressInfo, type Server } from 'node:net';
import { findPorts, type Place } from './ports';

const smtp = (port: number, host = '127.0.0.1'): Place => ({
  hostVariable: 'HOLDFAST_SMTP_HOST',
  host,
  portVariable: 'HOLDFAST_SMTP_PORT',
  port,
});

describe('finding ports before anything starts', () => {
  let stranger: Server;
  let taken: number;

  beforeEach(async () => {
    stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    taken = (stranger.address() as AddressInfo).port;
  });
  afterEach(() => new Promise((resolve) => stranger.close(resolve)));

  it('says in one sentence which port is in use, and whose it was to be', async () => {
    await expect(findPorts([smtp(taken)])).rejects.toThrow(
      `HOLDFAST_SMTP_PORT: port ${taken} on 127.0.0.1 is in use by another program.`,
    );
  });

  it('notices a program on one address of a port that we want on all', async () => {
    await expect(findPorts([smtp(taken, '0.0.0.0')])).rejects.toThrow(
      `HOLDFAST_SMTP_PORT: port ${taken} on 0.0.0.0 is in use`,
    );
  });

  it('says when the address is not of this machine', async () => {
    await expect(findPorts([smtp(0, '192.0.2.1')])).rejects.toThrow(
      'HOLDFAST_SMTP_HOST: 192.0.2.1 is no address of this machine.',
    );
  });

  it('turns zeros into different free ports, and holds none of them', async () => {
    const ports = await findPorts([smtp(0), smtp(0), smtp(0)]);
    expect(new Set(ports).size).toBe(3);
    expect(ports).not.toContain(0);
    expect(await findPorts(ports.map((port) => smtp(port)))).toEqual(ports);
  });

  it('lets go of the others when one is taken', async () => {
    const [free = 0] = await findPorts([smtp(0)]);
    await expect(findPorts([smtp(free), smtp(taken)])).rejects.toThrow('in use');
    expect(await findPorts([smtp(free)])).toEqual([free]);
  });
});
