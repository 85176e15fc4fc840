// npm start: see tools/up
import { launch } from './build/launch.mjs';

await launch('tools/up');
