/**
 * `npm test`: typecheck, lint, specs, build, and the stories told from the street (e2e). Everything is run, also after a
 * failure, so that one run shows all there is to mend. The last line is the sum.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '../build/workspace.ts';
import { cleanEnvironment } from '../up/programs';
import { startSpecCluster, type SpecCluster } from './spec-cluster';
import { projectsWith, runStage, type StageSurroundings } from './stages';
import { Tally } from './tally';

/** A checkout's specs must not touch the system that its developer has set up in the same shell. */
function environmentForTests(): NodeJS.ProcessEnv {
  const settings = Object.entries(cleanEnvironment(process.env)).filter(
    ([key]) => !key.startsWith('HOLDFAST_'),
  );
  return { ...Object.fromEntries(settings), NODE_ENV: 'test' };
}

const tally = new Tally();
const interrupted = new AbortController();
let cluster: SpecCluster | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

const resultsDir = join(workspaceRoot, 'dist/test-results');
// What an earlier run left must not be counted as if it had happened now.
await rm(resultsDir, { recursive: true, force: true });
await mkdir(resultsDir, { recursive: true });

const around: StageSurroundings = {
  workspaceRoot,
  resultsDir,
  tally,
  signal: interrupted.signal,
  env: environmentForTests(),
};

try {
  await runStage('typecheck', around);
  await runStage('lint', around);
  try {
    cluster = await startSpecCluster();
    around.env['HOLDFAST_TEST_POSTGRES_URL'] = cluster.url;
  } catch (error) {
    tally.fail('Postgres for the specs does not start', String(error));
  }
  await runStage('test', around);
  await runStage('build', around);
  if ((await projectsWith('e2e', around)).length > 0) await runStage('e2e', around);
} catch (error) {
  tally.fail(
    interrupted.signal.aborted ? 'interrupted' : 'the run itself',
    interrupted.signal.aborted ? '' : String(error),
  );
}
await cluster?.stop();

for (const { name, words } of tally.failures)
  console.log(`\nFAILED ${name}${words === '' ? '' : `\n${words.replace(/^/gm, '    ')}`}`);
if (tally.failed > 0) console.log(`\nThe whole output of each stage is in ${resultsDir}`);
console.log(tally.line);
process.exit(tally.isGood ? 0 : 1);
