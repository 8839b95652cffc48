import { AppError } from '../../errors.ts';
import type { CommandResult } from '../../lib/command.ts';

/** One sentence about a node that cannot export block volumes. */
export const toolMissing = (): AppError =>
  new AppError(
    'node.tool_missing',
    'gluster-block not found; install gluster-block (with tcmu-runner and targetcli; Debian does not package it) and start gluster-blockd',
    { details: { missing: ['gluster-block'] } },
  );

/** Judges the answers to the exporter's `check`. @throws AppError `node.tool_missing`, `block.daemon_down`. */
export function judgeBlockHost([program, daemon]: readonly CommandResult[]): void {
  if (program?.status !== 'ok' || !program.stdout.includes('/gluster-block')) throw toolMissing();
  if (daemon?.status === 'ok') return;
  throw new AppError(
    'block.daemon_down',
    `gluster-blockd does not run (systemd says "${daemon?.stdout.trim() ?? '?'}")`,
  );
}
