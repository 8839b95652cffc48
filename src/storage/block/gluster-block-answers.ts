import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { type CommandResult, nodesWords } from '../../lib/command.ts';
import { strangeAnswer } from '../strange-answer.ts';
import type { BlockPlace, BlockState, BlockTarget } from './exporter.ts';
import { toolMissing } from './gluster-block-host.ts';

const notFound = 127;
const iqnPrefix = 'iqn.2016-12.org.gluster-block:';

const failureSchema = z.object({ RESULT: z.literal('FAIL'), errMsg: z.string().optional() });
const createdSchema = z.object({
  RESULT: z.literal('SUCCESS'),
  IQN: z.string().startsWith(iqnPrefix),
  USERNAME: z.string().optional(),
  PASSWORD: z.string().optional(),
});
const doneSchema = z.object({ RESULT: z.literal('SUCCESS') });
const stateSchema = z.object({
  GBID: z.string().min(1),
  SIZE: z.string(),
  PASSWORD: z.string().optional(),
  'EXPORTED ON': z.array(z.string()),
  'RESIZE FAILED ON': z.record(z.string(), z.string()).optional(),
});
const listSchema = z.object({ RESULT: z.literal('SUCCESS'), blocks: z.array(z.string()) });

const textOf = (result: CommandResult | undefined): string =>
  result === undefined ? '' : result.stdout.trim() || result.stderr.trim();

/** Secrets may stand in an answer: what cannot be read is not shown. */
const hidden = (what: string): AppError => strangeAnswer(what, '(not shown, it may hold a password)');

function jsonOf(what: string, result: CommandResult | undefined): unknown {
  if (result?.exitCode === notFound) throw toolMissing();
  try {
    return JSON.parse(textOf(result));
  } catch {
    throw failedInWords(what, result);
  }
}

/** Not JSON: words of the program, or of what stands before it. Those of a success are an answer that cannot be read. */
function failedInWords(what: string, result: CommandResult | undefined): AppError {
  if (result === undefined || result.status !== 'failed') return hidden(what);
  if (/daemon is operational/i.test(`${result.stdout} ${result.stderr}`))
    return new AppError('block.daemon_down');
  return new AppError('block.failed', `${what}: ${nodesWords(result)}`);
}

const wordsOf = (answer: unknown): string | undefined => {
  const failure = failureSchema.safeParse(answer);
  return failure.success ? (failure.data.errMsg ?? '') : undefined;
};

function read<Shape extends z.ZodType>(
  what: string,
  shape: Shape,
  result: CommandResult | undefined,
): z.infer<Shape> {
  const answer = jsonOf(what, result);
  const words = wordsOf(answer);
  if (words !== undefined) throw new AppError('block.failed', `${what}: ${words || 'no reason given'}`);
  const parsed = shape.safeParse(answer);
  if (!parsed.success) throw hidden(what);
  return parsed.data;
}

export function readCreated(result: CommandResult | undefined): BlockTarget {
  const created = read('gluster-block create', createdSchema, result);
  return { iqn: created.IQN, username: created.USERNAME ?? '', password: created.PASSWORD ?? '' };
}

export function readDone(what: string, result: CommandResult | undefined): void {
  read(what, doneSchema, result);
}

/** Whether it says that there is no such block volume, or not even its hosting volume (engine reference 3.7). */
export function isMissing({ hostingVolume, name }: BlockPlace, result: CommandResult | undefined): boolean {
  const words = wordsOf(jsonOf('gluster-block', result)) ?? '';
  const ends = (subject: string, verb: string): boolean =>
    new RegExp(`(?:^|[\\s/'"])${subject}['"]? ${verb}`).test(words);
  return ends(name, "doesn't exist") || ends(hostingVolume, 'does not exist');
}

export function readState(place: BlockPlace, result: CommandResult | undefined): BlockState | undefined {
  if (isMissing(place, result)) return undefined;
  const state = read('gluster-block info', stateSchema, result);
  const password = state.PASSWORD ?? '';
  return {
    iqn: `${iqnPrefix}${state.GBID}`,
    username: password === '' ? '' : state.GBID,
    password,
    hosts: state['EXPORTED ON'],
    size: state.SIZE,
    laggingGib: Object.values(state['RESIZE FAILED ON'] ?? {}).map(readSize),
  };
}

export function readNames(hostingVolume: string, result: CommandResult | undefined): readonly string[] {
  if (isMissing({ hostingVolume, name: '\n' }, result)) return [];
  return read('gluster-block list', listSchema, result).blocks;
}

const units = ['GiB', 'TiB', 'PiB', 'EiB'] as const;
const perUnit = 1024;

/** A size as gluster-block tells it: in the largest unit that leaves 1 or more, with one decimal. */
export function tellSize(sizeGib: number): string {
  let [value, unit] = [sizeGib, 0];
  while (value >= perUnit && unit < units.length - 1) [value, unit] = [value / perUnit, unit + 1];
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** Whole GiB of a size as told: `1.5 TiB`, also `1.5 T` or `1.5 TB`; less than 1 GiB counts as 0. */
function readSize(told: string): number {
  const [, number = '', letter = ''] = /^(\d+(?:\.\d+)?) ?([GTPE])(?:i?B)?$/.exec(told.trim()) ?? [];
  const power = 'GTPE'.indexOf(letter);
  return letter === '' ? 0 : Math.floor(Number(number) * perUnit ** power);
}
