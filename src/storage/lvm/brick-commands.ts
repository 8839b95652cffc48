import type { Command } from '../../lib/command.ts';
import { toPoolTags } from '../imprints.ts';
import { idTag, mapperPath } from '../naming.ts';
import type { LvmSettings } from './lvm.ts';
import { tagWords, unitsInKib, volumeFields } from './words.ts';

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

/** Where a brick's volumes are, or would be. */
export type BrickPlace = Pick<BrickVolume, 'volumeGroup' | 'poolName' | 'lvName'>;

/** The same with the id that its pool is marked with. */
export type WholeBrick = Pick<BrickVolume, 'brickId' | 'volumeGroup' | 'poolName' | 'lvName'>;

const selectBrick = ({ volumeGroup, poolName, lvName }: BrickPlace): string[] =>
  [`lv_name=${lvName}`, `lv_name=${poolName}`, `pool_lv=${poolName}`].map(
    (condition) => `vg_name=${volumeGroup} && ${condition}`,
  );

/** What has to be so before a brick's volumes are removed: they are where they belong, marked as ours, alone in the pool. */
const selectWholeBrick = ({ brickId, volumeGroup, poolName, lvName }: WholeBrick): string[] => [
  `vg_name=${volumeGroup} && lv_name=${lvName} && pool_lv=${poolName}`,
  `vg_name=${volumeGroup} && lv_name=${poolName} && thin_count=1 && lv_tags=${idTag('brick', brickId)}`,
];

/** Names as `group/name` in the order of `--sort vg_name,lv_name`. */
const sortedNames = (bricks: readonly BrickPlace[]): string[] => {
  const names = bricks.flatMap(({ volumeGroup, poolName, lvName }) => [
    [volumeGroup, lvName] as const,
    [volumeGroup, poolName] as const,
  ]);
  const before = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
  return names
    .sort(([group, name], [otherGroup, otherName]) => before(group, otherGroup) || before(name, otherName))
    .map((words) => words.join('/'));
};

/** LVM's commands for bricks: a thin volume in a pool of its own (engine reference 3.3, 3.4). */
export const brickCommands = (
  lvm: (...words: string[]) => string[],
  settings: LvmSettings,
  autobackup: string,
) => ({
  /**
   * What there is of these bricks: their thin volumes, their pools, and whatever else lives in those. LVM picks them out,
   * so the answer is as long as the question, not as the volume group.
   */
  listBrickVolumes: (bricks: readonly BrickPlace[]): Command => ({
    label: `list the logical volumes of ${bricks.map(({ lvName }) => lvName).join(', ')}`,
    argv: lvm('lvs', '-a', ...unitsInKib, '-o', volumeFields, '-S', bricks.flatMap(selectBrick).join(' || ')),
  }),

  /**
   * Fails unless these bricks are there whole: thin volume and pool, the pool with the brick's mark and nothing else in it.
   * LVM itself compares, so what follows in the same batch needs no answer to be waited for.
   */
  assureBrickVolumes: (bricks: readonly WholeBrick[]): Command => ({
    label: `make sure that ${bricks.map(({ lvName }) => lvName).join(', ')} can be removed`,
    argv: lvm(
      'lvs',
      '--noheadings',
      '--separator',
      '/',
      '-o',
      'vg_name,lv_name',
      '--sort',
      'vg_name,lv_name',
      '-S',
      bricks.flatMap(selectWholeBrick).join(' || '),
    ),
    expectStdout: sortedNames(bricks)
      .map((name) => `  ${name}\n`)
      .join(''),
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
      ...tagWords(toPoolTags(brick.brickId, brick.volumeId, brick.sizeKib)),
    ),
    ...(isRepeat ? { unless: ['test', '-b', mapperPath(brick.volumeGroup, brick.lvName)] } : {}),
    unstoppable: true,
  }),
});
