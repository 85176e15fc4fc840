import { Command, CommanderError } from 'commander';
import { arc } from './arc.mjs';
import { checks } from './checks.mjs';
import { Refused } from './client.mjs';
import { domains } from './domains.mjs';
import { filters } from './filters.mjs';
import { house } from './house.mjs';
import { jobs } from './jobs.mjs';
import { lanes } from './lanes.mjs';
import { plans } from './plans.mjs';
import { queue } from './queue.mjs';
import { tenants } from './tenants.mjs';
import { waves } from './waves.mjs';

const done = 0;
const refused = 1;
const wrongUsage = 2;

/**
 * The operator's command, over the HTTP API: a table for people, `--json` for scripts.
 * @param {string[]} words what stands after `holdfast`
 * @returns {Promise<number>} exit code: 0 done, 1 refused (one sentence on stderr), 2 wrong usage
 */
export async function run(words) {
  const program = new Command('holdfast')
    .description('Says what a backup MX does, and tells it what to do.')
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText(
      'after',
      '\nHOLDFAST_URL and HOLDFAST_API_KEY say where and as whom; without them, the Holdfast of HOLDFAST_DATA_DIR on this machine.',
    )
    .exitOverride();
  // Sub-commands take over what is set here, so it stands before they are added.
  for (const nouns of [house, tenants, plans, domains, checks, filters, queue, jobs, waves, lanes, arc])
    nouns(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return done;
  } catch (error) {
    if (error instanceof Refused) {
      process.stderr.write(`${error.message}\n`);
      return refused;
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? done : wrongUsage;
    throw error;
  }
}
