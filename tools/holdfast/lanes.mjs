import { InvalidArgumentError } from 'commander';
import { ask } from './client.mjs';
import { print, table } from './print.mjs';
import { limit, limitsOf } from './words.mjs';

/** Destinations and how they are worked. */
export function lanes(program) {
  const noun = program.command('lane').description('destinations, and how fast they are given mail');
  const change = async (body, options) => print(await ask('PATCH', '/lanes', { body }), options, sentence);

  noun
    .command('list')
    .description('all lanes, each with the nodes that work it')
    .option('--json', 'for scripts')
    .action(async (options) => {
      await print(await ask('GET', '/lanes'), options, ({ items }) =>
        table(
          ['LANE', 'NODE', 'CONNECTIONS', 'ALLOWED', 'STATE', 'AT MOST'],
          items.flatMap((lane) =>
            (lane.nodes.length > 0 ? lane.nodes : [{}]).map((on) => [
              lane.name,
              on.node,
              on.connections,
              on.allowed,
              state(lane, on),
              caps(lane),
            ]),
          ),
          'Nothing was delivered yet.',
        ),
      );
    });

  noun
    .command('pause <lane>')
    .description('offer nothing more there, on all nodes; its name, or the beginning of it')
    .option('--reason <text>', 'shown wherever the lane is')
    .option('--json', 'for scripts')
    .action((lane, { reason, ...options }) => change({ lane, paused: true, reason }, options));

  noun
    .command('resume <lane>')
    .description('go on')
    .option('--json', 'for scripts')
    .action((lane, options) => change({ lane, paused: false }, options));

  const cap = noun
    .command('cap <lane>')
    .description('limit it, over all nodes')
    .option('--connections <n>', 'at one time; a number, or "default"', atLeastOne)
    .option('--per-minute <n>', 'messages a minute; a number, or "default"', atLeastOne)
    .option('--json', 'for scripts')
    .action((lane, { connections, perMinute, ...options }) => {
      if (connections === undefined && perMinute === undefined)
        cap.error('error: say --connections or --per-minute');
      return change(
        { lane, ...limitsOf(defined({ maxConnections: connections, maxMessagesPerMinute: perMinute })) },
        options,
      );
    });
}

const atLeastOne = (text) => {
  const value = limit(text);
  if (value === 0) throw new InvalidArgumentError('It must be at least 1; "lane pause" stops a lane.');
  return value;
};

const defined = (written) =>
  Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));

function state({ pausedBecause }, { closedBecause, owner }) {
  if (pausedBecause) return `paused: ${pausedBecause}`;
  if (closedBecause) return `closed: ${closedBecause}`;
  return owner ? 'open' : 'nobody works it now';
}

const caps = ({ maxConnections, maxMessagesPerMinute }) =>
  [
    maxConnections && `${maxConnections} connections`,
    maxMessagesPerMinute && `${maxMessagesPerMinute} a minute`,
  ]
    .filter(Boolean)
    .join(', ') || '-';

const sentence = (lane) =>
  `${lane.name} ${lane.pausedBecause ? `is paused: ${lane.pausedBecause}` : 'runs'}; at most ${caps(lane) === '-' ? 'what the relay allows itself' : caps(lane)}.`;
