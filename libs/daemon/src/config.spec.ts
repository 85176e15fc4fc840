import { ConfigProblems, dnsServers, integer, onOff, readConfig, text, url } from './config';

const settings = {
  host: text('X_HOST', '0.0.0.0'),
  workers: integer('X_WORKERS', 1, 1, 64),
  scanning: onOff('X_SCANNING', true),
  database: url('X_DATABASE', ['postgres:']),
  dns: dnsServers('X_DNS'),
};

describe('readConfig', () => {
  it('takes what is given and the defaults for the rest', () => {
    expect(
      readConfig(settings, {
        X_DATABASE: 'postgres://h/d',
        X_WORKERS: '4',
        X_SCANNING: 'off',
        X_DNS: '127.0.0.1:5353,[::1]:53',
      }),
    ).toEqual({
      host: '0.0.0.0',
      workers: 4,
      scanning: false,
      database: 'postgres://h/d',
      dns: ['127.0.0.1:5353', '[::1]:53'],
    });
  });

  it('names everything that is wrong at once, and no value', () => {
    const read = () =>
      readConfig(settings, {
        X_WORKERS: 'many',
        X_SCANNING: 'yes',
        X_DATABASE: 'mysql://secret',
        X_DNS: 'dns.test',
      });
    expect(read).toThrow(ConfigProblems);
    expect(read).toThrow(
      'X_WORKERS must be a whole number from 1 to 64\nX_SCANNING must be on or off\n' +
        'X_DATABASE must be a URL beginning with postgres://\nX_DNS must be addresses with ports, such as 127.0.0.1:53,[::1]:53',
    );
  });

  it('says what must be set', () =>
    expect(() => readConfig(settings, { X_DATABASE: '' })).toThrow('X_DATABASE must be set'));
});
