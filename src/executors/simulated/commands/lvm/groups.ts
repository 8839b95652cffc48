/** Words and steps that several LVM commands share. */
import { type Answer, failed } from '../../world/answer.ts';
import type { LogicalVolume, NodeState, VolumeGroup } from '../../world/state.ts';

export const lvmFailure = 5;

export const noSuchGroup = (group: string): string[] => [
  `  Volume group "${group}" not found`,
  `  Cannot process volume group ${group}`,
];

export const groupMissing = (group: string): Answer => failed(lvmFailure, ...noSuchGroup(group));

/** What LVM says after each change when its own backups are switched off. */
const notBackedUp = '  WARNING: This metadata update is NOT backed up.';

/** Words of a change: the warning about backups when they are off. */
export function backupWords(autobackup: string | undefined): string[] {
  return autobackup === 'n' ? [notBackedUp] : [];
}

/** A success with words on stderr. */
export const doneSaying = (words: readonly string[]): Answer => ({
  exitCode: 0,
  stdout: '',
  stderr: words.map((line) => `${line}\n`).join(''),
});

/** `group/volume`, also written `/dev/group/volume` or `/dev/mapper/…`. */
export function splitVolumeName(
  node: NodeState,
  name: string,
): { group: string; volume: string | undefined } {
  const mapped = node.mapper.get(name);
  if (mapped !== undefined) return mapped;
  const [group = '', volume] = name.replace(/^\/dev\//, '').split('/');
  return { group, volume };
}

export const isMounted = (node: NodeState, path: string): boolean =>
  [...node.mounts.values()].some((mount) => mount.device === path);

/** Volumes that LVM counts: not the spare for pool metadata. */
export const visibleVolumes = (group: VolumeGroup): LogicalVolume[] =>
  [...group.volumes.values()].filter(({ kind }) => kind !== 'spare');
