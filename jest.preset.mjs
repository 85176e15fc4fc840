import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

/**
 * Jest for a Node project: ESM, compiled by SWC with decorators and their metadata (Nest and TypeORM read types at
 * run time). Library names resolve to their sources, so that a spec always tests what is in the tree.
 */
export const nodeProject = (name, more = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2023',
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: {
    '^@holdfast/((?:fake|real)-[^/]+)$': `${root}tools/$1/index.ts`,
    '^@holdfast/([^/]+)$': `${root}libs/$1/src/index.ts`,
    '^@holdfast/database/testing/template$': `${root}libs/database/src/testing/template.ts`,
    '^@holdfast/([^/]+)/(.+)$': `${root}libs/$1/src/$2/index.ts`,
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  ...more,
});

/** The same, for a project whose specs want a real Postgres: see `throwAwayDatabase` in @holdfast/database/testing. */
export const nodeProjectWithPostgres = (name, more = {}) =>
  nodeProject(name, {
    globalSetup: `${root}libs/database/src/testing/global-setup.ts`,
    globalTeardown: `${root}libs/database/src/testing/global-teardown.ts`,
    testTimeout: 20_000,
    ...more,
  });
