import type { Command } from '../../lib/command.ts';
import { idTag, ownerTag, volumeGroupName } from '../naming.ts';
import { brickCommands } from './brick-commands.ts';
import { tagWords, unitsInKib, volumeFields } from './words.ts';

export interface LvmSettings {
  /** Words before each LVM call, for instance `nsenter …` in a pod; empty for none. */
  readonly wrapper: readonly string[];
  readonly chunkSizeKib: number;
  readonly extentSizeKib: number;
  readonly dataAlignmentKib: number;
  readonly metadataSizeMib: number;
  /** Let LVM write its own metadata backups under /etc/lvm. */
  readonly backupMetadata: boolean;
}

export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** What LVM keeps for the repair of pool metadata, one in a volume group. */
export const spareVolumeName = 'lvol0_pmspare';

export type Lvm = ReturnType<typeof createLvm>;

/**
 * LVM's commands (engine reference 3.2-3.4). None can prompt: standard input is empty and a question is answered "no"
 * by LVM itself, so nothing that carries a foreign signature is overwritten.
 */
export function createLvm(settings: LvmSettings) {
  const lvm = (...words: string[]): string[] => [...settings.wrapper, '/usr/sbin/lvm', ...words];
  const autobackup = `--autobackup=${settings.backupMetadata ? 'y' : 'n'}`;
  const selectGroups = (groups: readonly string[]): string[] => [
    '-S',
    groups.map((group) => `vg_name=${group}`).join(' || '),
  ];
  const tagChange = ({ add, remove }: TagChange): string[] => [
    ...remove.flatMap((tag) => ['--deltag', tag]),
    ...tagWords(add),
  ];

  return {
    /** Makes a physical volume with a UUID chosen beforehand, so that it is known again after a crash. */
    createPhysicalVolume: (device: string, uuid: string): Command => ({
      label: `make ${device} an LVM physical volume`,
      argv: lvm(
        'pvcreate',
        '-qq',
        `--metadatasize=${settings.metadataSizeMib}M`,
        `--dataalignment=${settings.dataAlignmentKib}K`,
        '--uuid',
        uuid,
        '--norestorefile',
        device,
      ),
      unstoppable: true,
    }),

    createVolumeGroup: (
      device: string,
      deviceId: string,
      tags: readonly string[] = [ownerTag, idTag('device', deviceId)],
    ): Command => ({
      label: `make the volume group ${volumeGroupName(deviceId)} on ${device}`,
      argv: lvm(
        'vgcreate',
        '-qq',
        `--physicalextentsize=${settings.extentSizeKib}K`,
        autobackup,
        ...tagWords(tags),
        volumeGroupName(deviceId),
        device,
      ),
      unstoppable: true,
    }),

    removeVolumeGroup: (group: string): Command => ({
      label: `remove the volume group ${group}`,
      argv: lvm('vgremove', '-qq', group),
      unstoppable: true,
    }),

    removePhysicalVolume: (device: string): Command => ({
      label: `remove the LVM label of ${device}`,
      argv: lvm('pvremove', '-qq', device),
      unstoppable: true,
    }),

    /** Every physical volume of the node with its volume group. */
    listPhysicalVolumes: (): Command => ({
      label: 'list the LVM physical volumes',
      argv: lvm('pvs', ...unitsInKib, '-o', 'pv_name,pv_uuid,vg_name,vg_tags,pv_size'),
    }),

    /** The volume groups of these names that exist (without names: all), with sizes and tags. */
    listVolumeGroups: (groups?: readonly string[]): Command => ({
      label: groups === undefined ? 'list all volume groups' : `list the volume groups ${groups.join(', ')}`,
      argv: lvm(
        'vgs',
        ...unitsInKib,
        '-o',
        'vg_name,vg_tags,vg_extent_size,vg_extent_count,vg_free_count,pv_name,pv_uuid',
        ...(groups === undefined ? [] : selectGroups(groups)),
      ),
    }),

    /** Every logical volume of the node, hidden ones too, with the time it was made. */
    surveyLogicalVolumes: (): Command => ({
      label: 'list all logical volumes',
      argv: lvm('lvs', '-a', ...unitsInKib, '-o', `${volumeFields},lv_time`),
      maxOutputBytes: 64 * 1024 * 1024,
    }),

    /** Changes tags of a volume group; adding one that is there and removing one that is not are fine. */
    tagVolumeGroup: (group: string, change: TagChange): Command => ({
      label: `mark the volume group ${group}`,
      argv: lvm('vgchange', '-qq', autobackup, ...tagChange(change), group),
      unstoppable: true,
    }),

    /** The same for logical volumes, given as `group/name`. */
    tagLogicalVolumes: (names: readonly string[], change: TagChange): Command => ({
      label: `mark the logical volumes ${names.join(', ')}`,
      argv: lvm('lvchange', '-qq', autobackup, ...tagChange(change), ...names),
      unstoppable: true,
    }),

    /** The logical volumes that exist in these volume groups, hidden ones too. */
    listLogicalVolumes: (groups: readonly string[]): Command => ({
      label: `list the logical volumes in ${groups.join(', ')}`,
      argv: lvm('lvs', '-a', ...unitsInKib, '-o', volumeFields, ...selectGroups(groups)),
    }),

    ...brickCommands(lvm, settings, autobackup),
    ...growth(lvm, autobackup),
    ...copyCommands(lvm, autobackup),

    /** Removes logical volumes, given as `group/name`. The caller has made sure that they are ours and nobody's else. */
    removeLogicalVolumes: (names: readonly string[]): Command => ({
      label: `remove the logical volumes ${names.join(', ')}`,
      argv: lvm('lvremove', '-qq', autobackup, '-f', ...names),
      unstoppable: true,
    }),
  };
}

/** Commands that give more room to what is in use. */
const growth = (lvm: (...words: string[]) => string[], autobackup: string) => ({
  /** Lets a logical volume, given as `group/name`, grow to this size; one that is as large already is refused. */
  growLogicalVolume: (name: string, sizeKib: number): Command => ({
    label: `let the logical volume ${name} grow to ${sizeKib} KiB`,
    argv: lvm('lvextend', '-qq', autobackup, '--size', `${sizeKib}K`, name),
    unstoppable: true,
  }),

  /** The same for the metadata of a thin pool. LVM makes a spare of the same size beside it where there is room. */
  growPoolMetadata: (pool: string, metadataKib: number): Command => ({
    label: `let the metadata of the pool ${pool} grow to ${metadataKib} KiB`,
    argv: lvm('lvextend', '-qq', autobackup, '--poolmetadatasize', `${metadataKib}K`, pool),
    unstoppable: true,
  }),
});

const copyCommands = (lvm: (...words: string[]) => string[], autobackup: string) => ({
  /**
   * Makes a thin volume with what is in another one now, in the same pool. It comes up by itself after a boot, which LVM
   * leaves out for copies otherwise.
   */
  copyThinVolume: (
    group: string,
    {
      source,
      copy,
      tags,
    }: { readonly source: string; readonly copy: string; readonly tags: readonly string[] },
  ): Command => ({
    label: `copy the thin volume ${group}/${source}`,
    argv: lvm(
      'lvcreate',
      '-qq',
      autobackup,
      '--snapshot',
      '--setactivationskip',
      'n',
      '--name',
      copy,
      ...tags.flatMap((tag) => ['--addtag', tag]),
      `${group}/${source}`,
    ),
    unstoppable: true,
  }),

  renameLogicalVolume: (group: string, from: string, to: string): Command => ({
    label: `rename the logical volume ${group}/${from} to ${to}`,
    argv: lvm('lvrename', '-qq', autobackup, group, from, to),
    unstoppable: true,
  }),
});
