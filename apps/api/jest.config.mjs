import { nodeProjectWithPostgres } from '../../jest.preset.mjs';

export default nodeProjectWithPostgres('api', { setupFiles: ['<rootDir>/src/testing/load-nest.ts'] });
