import type { BrickRecord } from '../../db/bricks.ts';
import { unitName } from '../../storage/filesystem/mounts.ts';
import type { BootMount } from '../../storage/filesystem/survey.ts';
import { fromPoolTags } from '../../storage/imprints.ts';
import { mapperPath, mountPoint, volumeGroupName } from '../../storage/naming.ts';
import { isGuest } from '../../volumes/brick-volumes.ts';
import type { Finding } from '../finding.ts';
import { brickName, type NodeView, onNode } from './node-view.ts';

/** Bricks on record against what is on their node. A brick whose volume group is missing is part of that finding. */
export function compareBricks(view: NodeView): Finding[] {
  const groups = new Set(view.facts.volumeGroups.map(({ name }) => name));
  return view.bricks
    .filter(({ deviceId }) => groups.has(volumeGroupName(deviceId)))
    .flatMap((brick) => compareBrick(view, brick));
}

function compareBrick(view: NodeView, brick: BrickRecord): Finding[] {
  const group = volumeGroupName(brick.deviceId);
  const named = (name: string) =>
    view.facts.logicalVolumes.find((volume) => volume.volumeGroup === group && volume.name === name);
  const [thin, pool] = [named(brick.lvName), named(brick.poolName)];
  if (thin === undefined || pool === undefined || thin.pool !== brick.poolName) {
    return [
      onNode(view, 'brick-volume-missing', {
        object: brickName(brick),
        evidence: `LVM lists ${thin === undefined ? 'no' : 'the'} thin volume ${group}/${brick.lvName} and ${pool === undefined ? 'no' : 'the'} pool ${group}/${brick.poolName}`,
        advice: `Its data are gone from this node. Replace the brick: it is made anew and healed from the others of its set.`,
        sizeKib: brick.sizeKib,
      }),
    ];
  }
  // gluster mounts it by itself, and does not start its process before: that is told with the volume.
  if (isGuest(brick)) return [];
  const imprint = fromPoolTags(pool.tags);
  return [
    ...compareMount(view, brick),
    ...compareBootMount(view, brick),
    ...(imprint?.brickId === brick.id &&
    imprint.sizeKib === brick.sizeKib &&
    imprint.volumeId === brick.volumeId
      ? []
      : [
          onNode(view, 'brick-imprint-missing', {
            object: brickName(brick),
            evidence: `${group}/${pool.name} has the tags ${pool.tags.join(', ') || 'none'}`,
            advice: 'Writes brick, volume and size into the tags of the pool, for `mortar rebuild`.',
            mend: { action: 'imprint-brick', brickId: brick.id },
          }),
        ]),
  ];
}

function compareMount(view: NodeView, brick: BrickRecord): Finding[] {
  const at = mountPoint(brick.deviceId, brick.id);
  const device = mapperPath(volumeGroupName(brick.deviceId), brick.lvName);
  const mount = view.facts.mounts.find((candidate) => candidate.mountPoint === at);
  const remount = { action: 'remount-brick', brickId: brick.id } as const;
  const common = { object: brickName(brick), sizeKib: brick.sizeKib };
  if (mount === undefined) {
    return [
      onNode(view, 'brick-not-mounted', {
        ...common,
        evidence: `nothing is mounted at ${at}`,
        advice: 'Mounts it, has it mounted at boot, and starts its brick process.',
        mend: remount,
      }),
    ];
  }
  if (mount.source !== device) {
    return [
      onNode(view, 'brick-mount-differs', {
        ...common,
        evidence: `${mount.source} is mounted at ${at}; it should be ${device}`,
        advice: 'Find out what is mounted there and unmount it; then look again.',
      }),
    ];
  }
  if (view.facts.folders.some(({ path }) => path === brick.path)) return [];
  return [
    onNode(view, 'brick-folder-missing', {
      ...common,
      evidence: `${at} is mounted, but there is no ${brick.path}`,
      advice: 'Its data are gone from this node. Replace the brick: it is healed from the others of its set.',
    }),
  ];
}

function compareBootMount(view: NodeView, brick: BrickRecord): Finding[] {
  const { mountSettings, facts } = view;
  const at = mountPoint(brick.deviceId, brick.id);
  const device = mapperPath(volumeGroupName(brick.deviceId), brick.lvName);
  const entries = facts.bootMounts.filter((entry) => entry.mountPoint === at);
  const holder = mountSettings.method === 'systemd' ? unitName(at) : mountSettings.fstabFile;
  const remount = { action: 'remount-brick', brickId: brick.id } as const;
  const own = entries.find((entry) => entry.holder === holder) ?? entries[0];
  if (own === undefined || !own.isWanted) {
    return [
      onNode(view, 'boot-mount-missing', {
        object: brickName(brick),
        evidence:
          own === undefined ? `${holder} does not mount ${at}` : `no target of the boot wants ${own.holder}`,
        advice: 'Writes the mount unit again and has it wanted at boot.',
        mend: remount,
      }),
    ];
  }
  const faults = faultsOf(own, device, mountSettings.options);
  if (faults.length === 0) return [];
  return [
    onNode(view, 'boot-mount-differs', {
      object: brickName(brick),
      evidence: `${own.holder}: ${faults.join('; ')}`,
      advice: 'Writes the mount unit again.',
      mend: remount,
    }),
  ];
}

/** Options beyond those configured are fine: a table needs some of its own. */
function faultsOf(entry: BootMount, device: string, options: string): string[] {
  const missing = options.split(',').filter((option) => !entry.options.split(',').includes(option));
  return [
    ...(entry.device === device ? [] : [`it mounts ${entry.device}, not ${device}`]),
    ...(entry.type === 'xfs' ? [] : [`its type is "${entry.type}", not xfs`]),
    ...(missing.length === 0 ? [] : [`it lacks the options ${missing.join(', ')}`]),
  ];
}
