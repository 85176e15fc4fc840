import { Registry } from 'prom-client';
import { serveHealth, type Health } from './health';

it('says live, ready or why not, and the metrics', async () => {
  let health: Health = { isReady: false, reasons: ['Postgres is away'] };
  const server = await serveHealth({ port: 0, check: () => health, registry: new Registry() });
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  try {
    expect((await get('/health/live')).status).toBe(200);
    const notReady = await get('/health/ready');
    expect([notReady.status, await notReady.json()]).toEqual([
      503,
      { ready: false, reasons: ['Postgres is away'] },
    ]);
    health = { isReady: true, reasons: [] };
    expect((await get('/health/ready')).status).toBe(200);
    expect((await get('/metrics')).status).toBe(200);
    expect((await get('/elsewhere')).status).toBe(404);
  } finally {
    await server.close();
  }
});
