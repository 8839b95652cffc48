import { type Answer, failed } from '../../world/answer.ts';
import { pathOfVolume } from '../../world/devices.ts';
import { isMounted } from '../../world/indexes.ts';
import { renameVolume } from '../../world/lvm.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';
import { backupWords, doneSaying, groupMissing, lvmFailure } from './groups.ts';

/** `lvm lvrename GROUP OLD NEW`, of volumes that are not mounted. */
export function lvrename(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-qq', '-q', '-y'], values: ['--autobackup'] });
  const [groupName = '', from = '', to = ''] = options.rest;
  const group = call.node.groups.get(groupName);
  if (group === undefined) return groupMissing(groupName);
  const volume = group.volumes.get(from);
  if (group.volumes.has(to))
    return failed(lvmFailure, `  Logical Volume "${to}" already exists in volume group "${groupName}"`);
  if (volume === undefined)
    return failed(lvmFailure, `  Existing logical volume "${from}" not found in volume group "${groupName}"`);
  if (volume.kind !== 'thin' || isMounted(call.node, pathOfVolume(groupName, volume)))
    throw new NotSimulated('another name for a volume that is no thin one, or is mounted');
  renameVolume(call.world, call.node, group, { volume, to });
  return doneSaying(backupWords(options.value('--autobackup')));
}
