import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ConfigProblems, keyFromFile, type Log } from '@holdfast/daemon';
import { SecretBox, secretBoxKeyFile } from '@holdfast/directory';
import { openPool } from '@holdfast/queue';
import express from 'express';
import { OperatorKey } from './access/operator-key';
import { sameOrigin } from './access/same-origin';
import { createSignIn, SIGN_IN } from './access/sign-in';
import { AppModule } from './app.module';
import { CONFIG, type Config } from './config';
import { SECRET_BOX } from './domains/primaries';
import { consolePage } from './http/console-page';
import { LOG, nestLogger } from './http/log';
import { Metrics } from './http/metrics';
import { openApiText } from './http/openapi';
import { ProblemFilter } from './http/problem.filter';
import { securityHeaders } from './http/security-headers';
import { API_POOL, OPERATOR_POOL } from './http/tenant-database';
import { validation } from './http/validation';

export interface App {
  /** the OpenAPI document, as it is served and committed */
  contract: string;
  /** Begins to serve. @returns the port, which is a free one when the configuration says 0 */
  listen(): Promise<number>;
  close(): Promise<void>;
}

/** A domain may come with the list of its recipients; nothing else is larger than a form. */
const mostBodyBytes = 256 * 1024;
const mostDomainBodyBytes = 16 * 1024 * 1024;

/** Builds the whole api. It needs no Postgres to be built, and lives on while Postgres is away. */
export async function createApp(config: Config, log: Log): Promise<App> {
  const operatorKey = new OperatorKey(await keyFromFile(join(config.dataDir, 'operator.key')));
  const secret = await keyFromFile(join(config.dataDir, 'keys', 'auth.secret'));
  const box = new SecretBox(await keyFromFile(join(config.dataDir, secretBoxKeyFile)));
  const apiPool = openPool({ url: config.databaseUrl, max: 10, program: 'holdfast-api' });
  const operatorPool = openPool({
    url: config.operatorDatabaseUrl,
    max: 4,
    program: 'holdfast-api-operator',
  });
  const nest = await NestFactory.create<NestExpressApplication>(
    AppModule.with([
      { provide: CONFIG, useValue: config },
      { provide: LOG, useValue: log },
      { provide: API_POOL, useValue: apiPool },
      { provide: OPERATOR_POOL, useValue: operatorPool },
      { provide: SIGN_IN, useValue: createSignIn({ pool: apiPool, secret, config, log }) },
      { provide: OperatorKey, useValue: operatorKey },
      { provide: SECRET_BOX, useValue: box },
    ]),
    { logger: nestLogger(log), bodyParser: false, abortOnError: false, forceCloseConnections: true },
  );
  nest.disable('x-powered-by');
  // Only a proxy on this machine, and only when the operator says that there is one, may tell us who the client is.
  if (config.publicUrl !== null) nest.set('trust proxy', 'loopback');
  nest.use(nest.get(Metrics).time, securityHeaders(), sameOrigin(config.publicUrl));
  nest.use('/api/v1/domains', express.json({ limit: mostDomainBodyBytes }));
  nest.use('/api', express.json({ limit: mostBodyBytes }));
  nest.use(...consolePage(config.consoleDir));
  nest.useGlobalPipes(validation());
  nest.useGlobalFilters(new ProblemFilter(log));
  const contract = openApiText(nest);
  nest.use('/api/openapi.json', (_request: express.Request, response: express.Response) => {
    response.type('application/json').setHeader('cache-control', 'no-cache').send(contract);
  });
  return {
    contract,
    async listen() {
      const server = nest.getHttpServer();
      // A client that dribbles its request keeps a connection for half a minute, not for ever. Answers may take as long as they like.
      server.requestTimeout = 30_000;
      server.headersTimeout = 10_000;
      try {
        await nest.listen(config.httpPort, config.httpHost);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        throw new ConfigProblems([`HOLDFAST_HTTP_PORT ${config.httpPort} is in use on ${config.httpHost}`]);
      }
      return (server.address() as AddressInfo).port;
    },
    async close() {
      await nest.close();
      await Promise.all([apiPool.end(), operatorPool.end()]);
    },
  };
}
