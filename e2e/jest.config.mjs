import { nodeProjectWithPostgres } from '../jest.preset.mjs';

// One story after the other: each is a whole house, and two of them on two cores only wait for each other.
export default nodeProjectWithPostgres('e2e', {
  testMatch: ['<rootDir>/src/**/*.e2e.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
});
