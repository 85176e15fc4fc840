import { partsFile, type RspamdSurroundings } from './rspamd';

const around: RspamdSurroundings = {
  port: 4001,
  controllerPort: 4002,
  controllerPassword: 'c',
  workers: 2,
  redis: { port: 4003, password: 'r' },
  clamavPort: 4004,
  dnsServers: [],
  mayAskInternet: true,
  blockLists: [],
};

describe('what rspamd is told about its surroundings', () => {
  it('names the helpers that are there', () => {
    const file = partsFile(around);
    expect(file).toContain('bind_socket = "127.0.0.1:4001"');
    expect(file).toContain('servers = "127.0.0.1:4003"; password = "r"');
    expect(file).toContain('servers = "127.0.0.1:4004";');
    expect(file).not.toContain('without-internet');
    expect(file).not.toContain('nameserver');
  });

  it('greylists nobody without a memory, and looks for no virus without ClamAV', () => {
    const file = partsFile({ ...around, redis: undefined, clamavPort: undefined });
    expect(file).toContain('greylist = null');
    expect(file).not.toContain('antivirus');
  });

  it('asks the provider’s block lists beside rspamd’s own, or in their place', () => {
    const blockLists = [{ zone: 'bl.example.net', answers: [] }];
    expect(partsFile(around)).not.toContain('block-lists');
    expect(partsFile({ ...around, blockLists })).toContain('duplicate=merge) "$RUNDIR/block-lists.conf"');
    expect(partsFile({ ...around, blockLists, mayAskInternet: false })).toContain(
      'duplicate=rewrite) "$RUNDIR/block-lists.conf"',
    );
  });

  it('asks the name servers that we ask, and nobody outside where they know only us', () => {
    const file = partsFile({
      ...around,
      dnsServers: ['127.0.0.1:5353', '192.0.2.1', '[::1]:53', '[::1]'],
      mayAskInternet: false,
    });
    expect(file).toContain('nameserver = ["127.0.0.1:5353", "192.0.2.1:53", "[::1]:53", "[::1]:53"]');
    expect(file).toContain('without-internet.conf');
  });
});
