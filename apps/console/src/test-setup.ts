import { ReadableStream } from 'node:stream/web';
import { TextDecoder, TextEncoder } from 'node:util';
import { setupZonelessTestEnv } from 'jest-preset-angular/setup-env/zoneless';

setupZonelessTestEnv();
// What every browser has and jsdom has not; the stream is read with them.
Object.assign(globalThis, { ReadableStream, TextDecoder, TextEncoder });
