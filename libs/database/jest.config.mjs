import { nodeProjectWithPostgres } from '../../jest.preset.mjs';

export default nodeProjectWithPostgres('database');
