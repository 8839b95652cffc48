import type { Command } from 'commander';
import type { VolumeCreate } from '../../client/wire-types.ts';
import { decimalFlag, integerFlag } from '../arguments/flags.ts';

/** The flags of `volume create` and `volume plan` (wire contract section 18.4). */
export interface VolumeFlags {
  readonly size?: number;
  readonly name?: string;
  readonly durability: string;
  readonly replica: number;
  readonly disperseData: number;
  readonly redundancy: number;
  readonly gid: number;
  readonly snapshotFactor: number;
  readonly clusters?: string;
  readonly glusterVolumeOptions?: string;
  readonly block?: boolean;
}

export function addVolumeFlags(command: Command): Command {
  return command
    .addOption(integerFlag('--size <gib>', 'size in GiB'))
    .option('--name <name>', 'name; vol_<id> without it')
    .option('--durability <type>', 'none, replicate or disperse', 'replicate')
    .addOption(integerFlag('--replica <count>', 'copies, for replicate').default(3))
    .addOption(integerFlag('--disperse-data <count>', 'data bricks, for disperse').default(4))
    .addOption(integerFlag('--redundancy <count>', 'bricks that may be lost, for disperse').default(2))
    .addOption(integerFlag('--gid <id>', 'group that owns the bricks').default(0))
    .addOption(
      decimalFlag('--snapshot-factor <factor>', 'room for snapshots: 1.5 is half as much again').default(1),
    )
    .option('--clusters <ids>', 'only these clusters, with commas between')
    .option('--gluster-volume-options <options>', '"key value" pairs, with commas between')
    .option('--block', 'make a block hosting volume');
}

/** The request as heketi-cli sends it: the numbers of every durability, zero values where the contract has them. */
export function toVolumeCreate(flags: VolumeFlags, size: number): VolumeCreate {
  return {
    size,
    ...(flags.clusters ? { clusters: flags.clusters.split(',') } : {}),
    name: flags.name ?? '',
    durability: {
      type: flags.durability,
      replicate: { replica: flags.replica },
      disperse: { data: flags.disperseData, redundancy: flags.redundancy },
    },
    ...(flags.gid === 0 ? {} : { gid: flags.gid }),
    ...(flags.glusterVolumeOptions ? { glustervolumeoptions: flags.glusterVolumeOptions.split(',') } : {}),
    ...(flags.block === true ? { block: true } : {}),
    snapshot:
      flags.snapshotFactor > 1
        ? { enable: true, factor: flags.snapshotFactor }
        : { enable: false, factor: 0 },
  };
}
