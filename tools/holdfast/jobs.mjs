import { ask, path, Refused } from './client.mjs';
import { print, table, when } from './print.mjs';

const askEveryMs = 500;

/** Levers that are pulled on many deliveries. */
export function jobs(program) {
  const noun = program.command('job').description('levers that are or were pulled on many deliveries');

  noun
    .command('list')
    .description('the last hundred, newest first')
    .option('--json', 'for scripts')
    .action(async (options) => {
      await print(await ask('GET', '/jobs'), options, ({ items }) =>
        table(
          ['JOB', 'ACTION', 'DOMAIN', 'STATE', 'LOOKED', 'OF', 'MOVED', 'SINCE'],
          items.map((j) => [
            j.id,
            j.action,
            j.domain ?? 'all',
            j.state,
            j.looked,
            j.expected,
            j.changed,
            when(j.madeAt),
          ]),
          'There are no jobs.',
        ),
      );
    });

  noun
    .command('show <id>')
    .description('how far it has come')
    .option('--follow', 'until it has ended')
    .option('--json', 'for scripts')
    .action(async (id, { follow: isFollowed, ...options }) => {
      const job = isFollowed ? await follow(id) : await ask('GET', path`/jobs/${id}`);
      await print(job, options, sentence);
    });

  noun
    .command('stop <id>')
    .description('what it has moved stays moved')
    .option('--json', 'for scripts')
    .action(async (id, options) => {
      await print(await ask('POST', path`/jobs/${id}/stop`), options, sentence);
    });
}

/** Waits until a job has ended, and says on a terminal how far it is. @returns the job */
export async function follow(id) {
  const isSeen = process.stderr.isTTY;
  for (;;) {
    const job = await ask('GET', path`/jobs/${id}`);
    if (isSeen) process.stderr.write(`\r${progress(job)}`);
    if (job.endedAt) {
      if (isSeen) process.stderr.write('\n');
      if (job.state === 'failed')
        throw new Refused(
          `The job ${id} failed after ${job.changed} deliveries; the operator's log says why.`,
        );
      return job;
    }
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}

const percent = ({ looked, expected }) => (expected === 0 ? 100 : Math.floor((100 * looked) / expected));

const progress = (job) => `${job.action}: ${percent(job)} %, ${job.looked} of ${job.expected}`;

const sentence = (job) => `${progress(job)}; ${job.changed} were moved; ${job.state}.`;
