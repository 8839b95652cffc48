import { z } from 'zod';
import { strangeAnswer } from '../strange-answer.ts';
import { parseGlusterXml } from './xml.ts';

const listSchema = z.object({ snapList: z.object({ count: z.string().regex(/^\d+$/) }) });

/** Reads `gluster snapshot list NAME --xml`: how many there are. @throws AppError `node.strange_answer`. */
export function parseSnapshotCount(output: string): number {
  const parsed = listSchema.safeParse(parseGlusterXml('gluster snapshot list', output).body);
  if (!parsed.success) throw strangeAnswer('gluster snapshot list', output, parsed.error);
  return Number(parsed.data.snapList.count);
}
