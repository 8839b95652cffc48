/** Words and steps that several LVM commands share. */
import { type Answer, failed } from '../../world/answer.ts';
import { mappedVolume } from '../../world/devices.ts';
import type { LogicalVolume, NodeState, VolumeGroup } from '../../world/state.ts';
import { thinVolumesOf } from '../../world/thin-volumes.ts';

export const lvmFailure = 5;
/** The spare for pool metadata, one in a group. */
export const spareName = 'lvol0_pmspare';

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
  const mapped = mappedVolume(node, name);
  if (mapped !== undefined) return { group: mapped.group.name, volume: mapped.volume.name };
  const [group = '', volume] = name.replace(/^\/dev\//, '').split('/');
  return { group, volume };
}

/** Volumes that LVM counts: not the spare for pool metadata. */
export const visibleVolumes = (group: VolumeGroup): LogicalVolume[] =>
  [...group.volumes.values()].filter(({ kind }) => kind !== 'spare');

/** What LVM says when the volumes of a pool are together larger than it. */
export function overbooked(group: VolumeGroup, poolName: string): string[] {
  const promised = thinVolumesOf(group, poolName).reduce((sum, { extents }) => sum + extents, 0);
  const pool = group.volumes.get(poolName)?.extents ?? 0;
  const gib = (extents: number): string => ((extents * group.extentKib) / 1024 ** 2).toFixed(2);
  if (promised <= pool) return [];
  return [
    `  WARNING: Sum of all thin volume sizes (${gib(promised)} GiB) exceeds the size of thin pool ${group.name}/${poolName} (${gib(pool)} GiB).`,
  ];
}
