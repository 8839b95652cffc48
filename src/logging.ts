import { type DestinationStream, type LoggerOptions, pino } from 'pino';
import type { Config } from './config/config.ts';
import type { Log } from './lib/log.ts';

/** Fields whose values never reach the log, wherever they stand. */
const secretFields = ['authorization', 'password', 'secret', 'passphrase', 'key', 'token'];

/** The log: one JSON object a line, or readable lines for people (`log.format: pretty`). Written to standard error. */
export function createLog(
  { log }: Pick<Config, 'log'>,
  destination: DestinationStream = pino.destination(2),
): Log & { level: string } {
  const options: LoggerOptions = {
    level: log.level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[secret]',
    },
  };
  return log.format === 'json' ? pino(options, destination) : pino(options, prettyLines(destination));
}

interface Line {
  readonly time: string;
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

const levelNames = new Map([
  [10, 'TRACE'],
  [20, 'DEBUG'],
  [30, 'INFO'],
  [40, 'WARN'],
  [50, 'ERROR'],
  [60, 'FATAL'],
]);

/** `12:30:01 WARN  a node is down  nodeId=… reason=…` */
function prettyLines(destination: DestinationStream): DestinationStream {
  return {
    write(text) {
      const { time, level, msg, pid: _pid, err, ...fields } = JSON.parse(text) as Line;
      const words = Object.entries(fields).map(
        ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      const stack = (err as { stack?: string } | undefined)?.stack;
      const name = (levelNames.get(level) ?? String(level)).padEnd(5);
      destination.write(
        `${time.slice(11, 19)} ${name} ${msg}${words.length > 0 ? `  ${words.join(' ')}` : ''}\n${stack === undefined ? '' : `${stack}\n`}`,
      );
    },
  };
}
