/** gluster-block's answers with `--json`. */
import type { Answer } from '../../world/answer.ts';

const perUnit = 1024;
const units = ['GiB', 'TiB', 'PiB', 'EiB'];

export const json = (body: object, exitCode = 0): Answer => ({
  exitCode,
  stdout: `${JSON.stringify(body)}\n`,
  stderr: '',
});

export const success = (body: object): Answer => json({ ...body, RESULT: 'SUCCESS' });

export const failure = (errCode: number, errMsg: string, body: object = {}): Answer =>
  json({ ...body, RESULT: 'FAIL', errCode, errMsg }, errCode);

/** A size in the largest unit that leaves 1 or more, with one decimal. */
export function tell(sizeGib: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log(sizeGib) / Math.log(perUnit)));
  return `${(sizeGib / perUnit ** power).toFixed(1)} ${units[power]}`;
}
