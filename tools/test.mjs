// npm test: see tools/checks
import { launch } from './build/launch.mjs';

await launch('tools/checks');
