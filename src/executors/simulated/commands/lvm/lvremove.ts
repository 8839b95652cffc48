import type { Answer } from '../../world/answer.ts';
import { pathOfVolume } from '../../world/devices.ts';
import { isMounted } from '../../world/indexes.ts';
import { removeVolume } from '../../world/lvm.ts';
import type { LogicalVolume, NodeState, VolumeGroup } from '../../world/state.ts';
import { thinVolumesOf } from '../../world/thin-volumes.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';
import { backupWords, lvmFailure, noSuchGroup, splitVolumeName, visibleVolumes } from './groups.ts';

/**
 * `lvm lvremove -f`: logical volumes by name, or all of a group. What is there is removed even when another name fails;
 * a pool takes its thin volumes with it.
 */
export function lvremove(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-qq', '-q', '-f', '-y'], values: ['--autobackup'] });
  const words: string[] = [];
  const doomed: { group: VolumeGroup; volume: LogicalVolume }[] = [];
  for (const name of options.rest) {
    const place = splitVolumeName(call.node, name);
    const group = call.node.groups.get(place.group);
    const volume = group?.volumes.get(place.volume ?? '');
    if (group === undefined) words.push(...noSuchGroup(place.group));
    else if (place.volume === undefined)
      doomed.push(...visibleVolumes(group).map((each) => ({ group, volume: each })));
    else if (volume === undefined)
      words.push(`  Failed to find logical volume "${group.name}/${place.volume}"`);
    else doomed.push({ group, volume });
  }
  const before = call.world.revision;
  for (const { group, volume } of doomed) {
    if (group.volumes.get(volume.name) === volume) words.push(...remove(call, group, volume));
  }
  const hasFailed = words.length > 0;
  if (call.world.revision !== before) words.push(...backupWords(options.value('--autobackup')));
  return {
    exitCode: hasFailed ? lvmFailure : 0,
    stdout: '',
    stderr: words.map((line) => `${line}\n`).join(''),
  };
}

/** @returns LVM's words when a file system on it, or on a volume of the pool, is mounted. */
function remove({ world, node }: Call, group: VolumeGroup, volume: LogicalVolume): string[] {
  const all = [...(volume.kind === 'pool' ? thinVolumesOf(group, volume.name) : []), volume];
  const used = all.find((each) => isUsed(node, group, each));
  if (used !== undefined)
    return [`  Logical volume ${group.name}/${used.name} contains a filesystem in use.`];
  for (const each of all) removeVolume(world, node, group, each);
  return [];
}

const isUsed = (node: NodeState, group: VolumeGroup, volume: LogicalVolume): boolean =>
  isMounted(node, pathOfVolume(group.name, volume));
