import type { Command } from '../../lib/command.ts';
import { idTag, mapperPath, ownerTag, volumeGroupName } from '../naming.ts';

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

export interface BrickVolume {
  readonly brickId: string;
  readonly volumeId: string;
  readonly volumeGroup: string;
  readonly poolName: string;
  readonly lvName: string;
  readonly sizeKib: number;
  readonly poolKib: number;
  readonly metadataKib: number;
}

export type Lvm = ReturnType<typeof createLvm>;

const unitsInKib = ['--reportformat', 'json', '--units', 'k', '--nosuffix'];

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

    createVolumeGroup: (device: string, deviceId: string): Command => ({
      label: `make the volume group ${volumeGroupName(deviceId)} on ${device}`,
      argv: lvm(
        'vgcreate',
        '-qq',
        `--physicalextentsize=${settings.extentSizeKib}K`,
        autobackup,
        '--addtag',
        ownerTag,
        '--addtag',
        idTag('device', deviceId),
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

    /** The volume groups of these names that exist, with sizes and tags. */
    listVolumeGroups: (groups: readonly string[]): Command => ({
      label: `list the volume groups ${groups.join(', ')}`,
      argv: lvm(
        'vgs',
        ...unitsInKib,
        '-o',
        'vg_name,vg_tags,vg_extent_size,vg_extent_count,vg_free_count,pv_name,pv_uuid',
        ...selectGroups(groups),
      ),
    }),

    /** The logical volumes that exist in these volume groups, hidden ones too. */
    listLogicalVolumes: (groups: readonly string[]): Command => ({
      label: `list the logical volumes in ${groups.join(', ')}`,
      argv: lvm(
        'lvs',
        '-a',
        ...unitsInKib,
        '-o',
        'vg_name,lv_name,lv_size,pool_lv,thin_count,lv_tags,data_percent,metadata_percent',
        ...selectGroups(groups),
      ),
    }),

    /**
     * Makes a brick's thin pool and thin volume in one call. The tags land on the pool, which belongs to the brick alone.
     * No spare metadata volume is made: its room is not part of a brick's size, and a full group would fail for it (W17).
     */
    createBrickVolume: (brick: BrickVolume, isRepeat: boolean): Command => ({
      label: `make the thin volume ${brick.lvName}`,
      argv: lvm(
        'lvcreate',
        '-qq',
        autobackup,
        '--poolmetadataspare',
        'n',
        '--poolmetadatasize',
        `${brick.metadataKib}K`,
        '--chunksize',
        `${settings.chunkSizeKib}K`,
        '--size',
        `${brick.poolKib}K`,
        '--thin',
        `${brick.volumeGroup}/${brick.poolName}`,
        '--virtualsize',
        `${brick.sizeKib}K`,
        '--name',
        brick.lvName,
        '--addtag',
        ownerTag,
        '--addtag',
        idTag('brick', brick.brickId),
        '--addtag',
        idTag('volume', brick.volumeId),
      ),
      ...(isRepeat ? { unless: ['test', '-b', mapperPath(brick.volumeGroup, brick.lvName)] } : {}),
      unstoppable: true,
    }),

    /** Removes logical volumes, given as `group/name`. The caller has made sure that they are ours and nobody's else. */
    removeLogicalVolumes: (names: readonly string[]): Command => ({
      label: `remove the logical volumes ${names.join(', ')}`,
      argv: lvm('lvremove', '-qq', autobackup, '-f', ...names),
      unstoppable: true,
    }),
  };
}
