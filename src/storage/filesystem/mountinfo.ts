import { strangeAnswer } from '../strange-answer.ts';

export interface Mount {
  /** `major:minor` of the device. */
  readonly deviceNumber: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
}

const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Reads `/proc/<pid>/mountinfo` (proc(5)). @throws AppError `node.strange_answer`. */
export function parseMountinfo(output: string): Mount[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before, after] = line.split(' - ');
      const [, , deviceNumber, , mountPoint] = before?.split(' ') ?? [];
      const [type, source] = after?.split(' ') ?? [];
      if (
        deviceNumber === undefined ||
        mountPoint === undefined ||
        type === undefined ||
        source === undefined
      ) {
        throw strangeAnswer('mountinfo', line);
      }
      return { deviceNumber, mountPoint: unescape(mountPoint), type, source: unescape(source) };
    });
}
