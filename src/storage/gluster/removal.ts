import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { strangeAnswer } from '../strange-answer.ts';
import { parseGlusterXml } from './xml.ts';

/** How far the files of a brick are moved to the others. */
export interface BrickRemoval {
  readonly state: 'none' | 'running' | 'completed' | 'broken';
  readonly movedFiles: number;
  /** Files that stayed where they were. */
  readonly failures: number;
  /** gluster's word for the state. */
  readonly words: string;
}

const none: BrickRemoval = { state: 'none', movedFiles: 0, failures: 0, words: 'not started' };
/** glusterd's numbers for the state of a removal. */
const states: Readonly<Record<string, BrickRemoval['state']>> = { '1': 'running', '3': 'completed' };
const notStarted =
  /remove-brick not started|not a distribute volume or contains only 1 brick|incorrect brick/i;

const count = z.string().regex(/^\d+$/).transform(Number);
const removalSchema = z.object({
  volRemoveBrick: z.object({
    aggregate: z.object({
      files: count,
      failures: count,
      skipped: count,
      status: z.string(),
      statusStr: z.string(),
    }),
  }),
});

/** Reads `gluster volume remove-brick NAME BRICK status --xml`. @throws AppError `gluster.failed`, `node.strange_answer`. */
export function parseRemoval(output: string): BrickRemoval {
  const what = 'gluster volume remove-brick status';
  const answer = parseGlusterXml(what, output);
  if (!answer.ok && notStarted.test(answer.words)) return none;
  if (!answer.ok) throw new AppError('gluster.failed', `${what}: ${answer.words}`);
  const parsed = removalSchema.safeParse(answer.body);
  if (!parsed.success) throw strangeAnswer(what, output, parsed.error);
  const { files, failures, skipped, status, statusStr } = parsed.data.volRemoveBrick.aggregate;
  return {
    state: states[status] ?? 'broken',
    movedFiles: files,
    failures: failures + skipped,
    words: statusStr,
  };
}
