import type { Command, CommandResult } from '../../lib/command.ts';
import { readMounts } from '../../storage/filesystem/brick-folder.ts';
import { type Mount, parseMountinfo } from '../../storage/filesystem/mountinfo.ts';
import type { MountSettings } from '../../storage/filesystem/mounts.ts';
import {
  type BootMount,
  danglingUnits,
  type FoundFolder,
  findBootUnits,
  findBrickFolders,
  findWantedUnits,
  parseBootUnits,
  parseFolders,
  parseMountTable,
  readMountTable,
} from '../../storage/filesystem/survey.ts';
import type { Gluster } from '../../storage/gluster/gluster.ts';
import { type GlusterPeer, parsePool } from '../../storage/gluster/pool.ts';
import { parseVolumeNames } from '../../storage/gluster/volume-status.ts';
import type { Lvm } from '../../storage/lvm/lvm.ts';
import {
  type LogicalVolume,
  type PhysicalVolume,
  parseLogicalVolumes,
  parsePhysicalVolumes,
  parseVolumeGroups,
  type VolumeGroup,
} from '../../storage/lvm/reports.ts';
import { mountsFolder } from '../../storage/naming.ts';
import { glusterdCheck } from '../../storage/node/preflight.ts';

/** Everything on one node that has to do with storage, as the node itself says it. */
export interface NodeFacts {
  readonly physicalVolumes: readonly PhysicalVolume[];
  readonly volumeGroups: readonly VolumeGroup[];
  /** Hidden ones too. */
  readonly logicalVolumes: readonly LogicalVolume[];
  /** Below Heketi's folder. */
  readonly mounts: readonly Mount[];
  readonly bootMounts: readonly BootMount[];
  /** Names of units that the boot wants and that are not there. */
  readonly danglingUnits: readonly string[];
  readonly folders: readonly FoundFolder[];
  /** What gluster says; undefined while its daemon does not run. */
  readonly gluster:
    | { readonly peers: readonly GlusterPeer[]; readonly volumeNames: readonly string[] }
    | undefined;
}

export interface FactsTools {
  readonly lvm: Lvm;
  readonly gluster: Gluster;
  readonly mountSettings: Pick<MountSettings, 'fstabFile'>;
}

/** The commands of one look at a node: one round trip that changes nothing. */
export function factsCommands({ lvm, gluster, mountSettings }: FactsTools): Command[] {
  return [
    lvm.listPhysicalVolumes(),
    lvm.listVolumeGroups(),
    lvm.surveyLogicalVolumes(),
    readMounts(),
    findBootUnits(),
    findWantedUnits(),
    readMountTable(mountSettings.fstabFile),
    findBrickFolders(),
    { ...glusterdCheck(), optional: true },
    { ...gluster.listPool(), optional: true },
    { ...gluster.volumeNames(), optional: true },
  ];
}

/** Reads the answers to `factsCommands`. @throws AppError `node.strange_answer`. */
export function readFacts(results: readonly CommandResult[], { mountSettings }: FactsTools): NodeFacts {
  const text = (at: number): string => results[at]?.stdout ?? '';
  const units = parseBootUnits(text(4), text(5));
  const hasGluster = [8, 9, 10].every((at) => results[at]?.status === 'ok');
  return {
    physicalVolumes: parsePhysicalVolumes(text(0)),
    volumeGroups: parseVolumeGroups(text(1)),
    logicalVolumes: parseLogicalVolumes(text(2)),
    mounts: parseMountinfo(text(3)).filter(({ mountPoint }) => mountPoint.startsWith(`${mountsFolder}/`)),
    bootMounts: [...units, ...parseMountTable(mountSettings.fstabFile, text(6))],
    danglingUnits: danglingUnits(text(5), units),
    folders: parseFolders(text(7)),
    gluster: hasGluster ? { peers: parsePool(text(9)), volumeNames: parseVolumeNames(text(10)) } : undefined,
  };
}
