import { fileURLToPath } from 'node:url';
import presets from 'jest-preset-angular/presets/index.js';

const libs = fileURLToPath(new URL('../../libs/', import.meta.url));
const { moduleNameMapper, ...preset } = presets.createEsmPreset();

export default {
  ...preset,
  displayName: 'console',
  rootDir: '.',
  testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/src/test-setup.ts'],
  moduleNameMapper: { ...moduleNameMapper, '^@holdfast/([^/]+)$': `${libs}$1/src/index.ts` },
};
