import { openLog } from './log';

it('writes one JSON line an event, with its name, level and fields', () => {
  const lines: string[] = [];
  const log = openLog('relay', 'info', { write: (line: string) => void lines.push(line) });
  log('delivered', { messageId: 'm1' });
  log('connected', { address: 'not at this level' });
  log('failed', { error: new Error('weather') });
  const [delivered, failed, ...others] = lines.map((line) => JSON.parse(line));
  expect(delivered).toMatchObject({ level: 'info', program: 'relay', event: 'delivered', messageId: 'm1' });
  expect(failed).toMatchObject({ level: 'error', event: 'failed', error: { message: 'weather' } });
  expect(others).toEqual([]);
});
