import { nodeProjectWithPostgres } from '../../jest.preset.mjs';

export default nodeProjectWithPostgres('smtp-ingress');
