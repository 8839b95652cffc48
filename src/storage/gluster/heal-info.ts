import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { strangeAnswer } from '../strange-answer.ts';
import { parseGlusterXml } from './xml.ts';

export interface BrickHeal {
  /** `host:path`. */
  readonly name: string;
  /** Its process answers. */
  readonly isConnected: boolean;
  /** Entries of which it knows that another brick of its set lacks them; null when it cannot be asked. */
  readonly pendingEntries: number | null;
}

const brickSchema = z.object({
  name: z.string().min(1),
  status: z.string(),
  numberOfEntries: z.string().optional(),
});
const healSchema = z.object({
  healInfo: z.object({
    bricks: z.preprocess(
      (value) => (value === '' ? {} : value),
      z.object({ brick: z.array(brickSchema).optional() }),
    ),
  }),
});

/**
 * Reads `gluster volume heal NAME info --xml`, bricks in gluster's order. A brick that is away may be listed under
 * "information not available" in place of its name (engine reference, appendix B).
 *
 * @throws AppError `gluster.failed`, `node.strange_answer`.
 */
export function parseHealInfo(output: string): BrickHeal[] {
  const answer = parseGlusterXml('gluster volume heal info', output);
  if (!answer.ok) throw new AppError('gluster.failed', `gluster volume heal info: ${answer.words}`);
  const parsed = healSchema.safeParse(answer.body);
  if (!parsed.success) throw strangeAnswer('gluster volume heal info', output, parsed.error);
  return (parsed.data.healInfo.bricks.brick ?? []).map(({ name, status, numberOfEntries }) => {
    const entries = numberOfEntries === undefined ? '-' : numberOfEntries;
    return {
      name,
      isConnected: status === 'Connected',
      pendingEntries: /^\d+$/.test(entries) ? Number(entries) : null,
    };
  });
}
