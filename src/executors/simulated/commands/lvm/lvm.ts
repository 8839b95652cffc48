import type { Answer } from '../../world/answer.ts';
import { type Call, NotSimulated, type Program } from '../program.ts';
import { lvchange, vgchange } from './change-tags.ts';
import { lvcreate } from './lvcreate.ts';
import { lvextend } from './lvextend.ts';
import { lvremove } from './lvremove.ts';
import { lvrename } from './lvrename.ts';
import { pvcreate } from './pvcreate.ts';
import { pvremove } from './pvremove.ts';
import { report } from './report.ts';
import { logicalVolumes, physicalVolumes, volumeGroups } from './report-fields.ts';
import { vgcreate } from './vgcreate.ts';
import { vgremove } from './vgremove.ts';

/** LVM's commands; each can be called by its own name too. */
export const lvmPrograms: Readonly<Record<string, Program>> = {
  pvcreate,
  pvremove,
  vgcreate,
  vgremove,
  vgchange,
  lvchange,
  lvcreate,
  lvextend,
  lvremove,
  lvrename,
  pvs: (call) => report(call, physicalVolumes),
  vgs: (call) => report(call, volumeGroups),
  lvs: (call) => report(call, logicalVolumes),
};

/** `lvm COMMAND …`. */
export function lvm(call: Call): Answer {
  const [command = '', ...args] = call.args;
  const program = lvmPrograms[command];
  if (program === undefined) throw new NotSimulated(`lvm ${command}`);
  return program({ ...call, program: command, args });
}
