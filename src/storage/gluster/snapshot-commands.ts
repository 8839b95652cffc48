import type { Command } from '../../lib/command.ts';

type Build = (label: string, ...words: string[]) => Command;

/** gluster's commands about snapshots; see `createGluster` for how they are built. */
export const snapshotCommands = (gluster: (...words: string[]) => string[], ask: Build, change: Build) => ({
  listSnapshots: (volume: string): Command =>
    ask(`list the snapshots of ${volume}`, 'snapshot', 'list', volume),
  /** When there is no such volume, that is an answer and no failure: see `parseSnapshots`. */
  snapshotInfo: (volume: string): Command => ({
    label: `look at the snapshots of ${volume}`,
    argv: gluster('snapshot', 'info', 'volume', volume),
  }),
  /** @param description told by `snapshotInfo`; one line. */
  createSnapshot: (name: string, volume: string, description: string): Command =>
    change(
      `take the snapshot ${name} of ${volume}`,
      'snapshot',
      'create',
      name,
      volume,
      'no-timestamp',
      'description',
      description,
    ),
  /** Lets its bricks be mounted and served. Refused when they are; `force` would fail half-way then, since they are mounted. */
  activateSnapshot: (name: string): Command =>
    change(`activate the snapshot ${name}`, 'snapshot', 'activate', name),
  /** Makes a volume of an active snapshot, in the same thin pools; it is not started. */
  cloneSnapshot: (volume: string, snapshot: string): Command =>
    change(`make the volume ${volume} of the snapshot ${snapshot}`, 'snapshot', 'clone', volume, snapshot),
  deleteSnapshot: (name: string): Command =>
    change(`delete the snapshot ${name}`, 'snapshot', 'delete', name),
  setSnapshotLimit: (limit: number): Command =>
    change('set the limit of snapshots', 'snapshot', 'config', 'snap-max-hard-limit', String(limit)),
});
