import type { Command } from '../../lib/command.ts';

/** Erases all signatures. Only after the gate has found nothing but contents, and on the user's word (`destroydata`). */
export const wipe = (device: string): Command => ({
  label: `erase the signatures of ${device}`,
  argv: ['wipefs', '--all', device],
});
