/**
 * How far the top folder of a brick of a dispersed volume has come: gluster counts there, on every brick, what clients changed in
 * it. A new brick begins without a count, and gets that of the others when its top folder has been healed.
 */
import type { Command } from '../../lib/command.ts';
import { strangeAnswer } from '../strange-answer.ts';

/** Zero where gluster never counted anything. */
export interface RootVersion {
  /** Changes of what is in the folder. */
  readonly entries: bigint;
  /** Changes of the folder's own attributes. */
  readonly metadata: bigint;
}

/** The root of every brick that was ever served bears the same one. */
const rootGfid = '0x00000000000000000000000000000001';

/** Reads the count of a brick's top folder, on its own node. Where there is no such folder, the command fails. */
export const readRootVersion = (path: string): Command => ({
  label: `read how far ${path} is healed`,
  // A dump, as it tells "never counted" apart from "no such brick" without words in some language.
  argv: [
    'getfattr',
    '--absolute-names',
    '-d',
    '-m',
    String.raw`^trusted\.(ec\.version|gfid)$`,
    '-e',
    'hex',
    path,
  ],
});

/** Reads that answer. @throws AppError `node.strange_answer`, also for a folder that no brick process has served yet. */
export function parseRootVersion(output: string): RootVersion {
  const [, version, gfid] =
    /^# file: [^\n]+\n(?:trusted\.ec\.version=(0x[0-9a-f]{32})\n)?trusted\.gfid=(0x[0-9a-f]{32})\n\n?$/.exec(
      output,
    ) ?? [];
  if (gfid !== rootGfid) throw strangeAnswer('getfattr of a brick', output);
  if (version === undefined) return { entries: 0n, metadata: 0n };
  return { entries: BigInt(version.slice(0, 18)), metadata: BigInt(`0x${version.slice(18)}`) };
}
