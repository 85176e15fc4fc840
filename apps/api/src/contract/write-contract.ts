import type { Log } from '@holdfast/daemon';
import openapiTS, { astToString } from 'openapi-typescript';
import { readApiConfig } from '../config';
import { createApp } from '../create-app';

/**
 * The contract as text: the OpenAPI document and the types made from it.
 * @param dataDir an empty folder for the keys that an api makes at its start
 */
export async function writeContract(dataDir: string, log: Log): Promise<{ openapi: string; schema: string }> {
  const nowhere = 'postgres://nobody@127.0.0.1:1/none';
  const app = await createApp(
    readApiConfig({
      DATABASE_URL: nowhere,
      HOLDFAST_OPERATOR_DATABASE_URL: nowhere,
      HOLDFAST_DATA_DIR: dataDir,
      HOLDFAST_HOSTNAME: 'mx.example.net',
    }),
    log,
  );
  try {
    const types = await openapiTS(app.contract, { defaultNonNullable: false });
    return {
      openapi: app.contract,
      schema: `// Made from openapi.json; do not edit.\n${astToString(types)}`,
    };
  } finally {
    await app.close();
  }
}
