#!/usr/bin/env node
// npm run -s holdfast -- NOUN VERB ...   the operator's command; see holdfast/command.mjs
import { run } from './holdfast/command.mjs';

// `| head` closes our output early; that is the reader's right and no failure of ours.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(process.argv.slice(2));
