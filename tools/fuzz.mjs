// npm run fuzz: see tools/fuzz
import { launch } from './build/launch.mjs';

await launch('tools/fuzz');
