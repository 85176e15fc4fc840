/**
 * Everything that the supervisor and its parts say. To a person: one short coloured line per event, the part's name in front.
 * To anything else: one JSON object per line. Either way the same lines go to the log file as JSON.
 */
import type { Readable } from 'node:stream';
import { styleText } from 'node:util';
import type { LogFile } from './log-file';
import type { PatientWriter } from './patient-writer';

type Level = 'debug' | 'info' | 'warn' | 'error';
type Fields = Record<string, unknown>;

/** Anything longer is cut: a part that prints a megabyte without an end of line must not grow in our memory. */
const longestLine = 64 * 1024;

/** Keys that a pretty line shows elsewhere or that a person at a terminal does not need. */
const shownElsewhere = new Set([
  'level',
  'time',
  'program',
  'pid',
  'event',
  'line',
  'error',
  'node',
  'worker',
]);

export class Output {
  constructor(
    private readonly writer: Pick<PatientWriter, 'write'>,
    private readonly mode: 'pretty' | 'json',
    private readonly useColour: boolean,
    private logFile?: LogFile,
  ) {}

  /** From now on lines are kept as well. */
  keepIn(logFile: LogFile): void {
    this.logFile = logFile;
  }

  /** Something the supervisor itself has to say. */
  say(level: Level, event: string, fields: Fields = {}): void {
    const line = JSON.stringify({
      level,
      time: new Date().toISOString(),
      program: 'supervisor',
      pid: process.pid,
      event,
      ...fields,
    });
    this.emit('supervisor', line);
  }

  /** A sentence about what takes long; people see the words alone. */
  progress(text: string): void {
    if (this.mode === 'pretty') this.writer.write(`${this.paint('cyan', '…')} ${text}\n`);
    else this.say('info', 'progress', { text });
  }

  /** Words for people only. */
  print(text: string): void {
    if (this.mode === 'pretty') this.writer.write(text);
  }

  /** Takes over what a part writes. `plainLevel` says how serious a line is that is not JSON. */
  follow(part: string, stream: Readable, plainLevel: (line: string) => Level): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) {
        lines.push(`${rest.slice(0, longestLine)}…`);
        rest = '';
      }
      this.take(part, lines, plainLevel);
    });
    stream.on('end', () => this.take(part, [rest], plainLevel));
    stream.on('error', () => undefined);
  }

  private take(part: string, lines: string[], plainLevel: (line: string) => Level): void {
    for (const line of lines) {
      if (line === '') continue;
      if (line.startsWith('{')) this.emit(part, line);
      else
        this.emit(
          part,
          JSON.stringify({
            level: plainLevel(line),
            time: new Date().toISOString(),
            program: part,
            event: 'said',
            line,
          }),
        );
    }
  }

  private emit(part: string, json: string): void {
    this.logFile?.write(`${json}\n`);
    if (this.mode === 'json') {
      // What Postgres and its like say at length is for the file.
      if (!json.startsWith('{"level":"debug"')) this.writer.write(`${json}\n`);
      return;
    }
    this.writer.write(this.pretty(part, json));
  }

  private pretty(part: string, json: string): string {
    let fields: Fields;
    try {
      fields = JSON.parse(json) as Fields;
    } catch {
      return `${part} ${json}\n`;
    }
    if (fields['level'] === 'debug') return '';
    const time =
      typeof fields['time'] === 'string' ? new Date(fields['time']).toLocaleTimeString('en-GB') : '';
    const event = String(fields['event'] ?? '');
    const words = Object.entries(fields)
      .filter(([key, value]) => !shownElsewhere.has(key) && value !== null && value !== undefined)
      .map(
        ([key, value]) =>
          `${this.paint('dim', `${key}=`)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
      );
    const said =
      fields['line'] === undefined ? this.paint(colourOf(fields['level']), event) : String(fields['line']);
    return `${this.paint('dim', time)} ${this.paint('bold', part.padEnd(12))} ${[said, ...words].join(' ')}${this.prettyError(fields['error'])}\n`;
  }

  private prettyError(error: unknown): string {
    if (error === undefined || error === null) return '';
    if (typeof error !== 'object') return ` ${this.paint('red', String(error))}`;
    const { message, stack } = error as { message?: string; stack?: string };
    const trace = stack?.split('\n').slice(1, 6).join('\n') ?? '';
    return ` ${this.paint('red', message ?? JSON.stringify(error))}${trace ? `\n${this.paint('dim', trace)}` : ''}`;
  }

  private paint(style: Parameters<typeof styleText>[0], text: string): string {
    return this.useColour ? styleText(style, text, { validateStream: false }) : text;
  }
}

const colourOf = (level: unknown): 'red' | 'yellow' | 'green' =>
  level === 'error' ? 'red' : level === 'warn' ? 'yellow' : 'green';
