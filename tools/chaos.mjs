// npm run chaos: see tools/chaos and docs/reliability.md
import { launch } from './build/launch.mjs';

await launch('tools/chaos');
