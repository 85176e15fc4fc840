// npm run bench: see tools/bench
import { launch } from './build/launch.mjs';

await launch('tools/bench');
