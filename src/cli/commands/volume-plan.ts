import type { Command } from 'commander';
import type { VolumePlanRequest } from '../../client/wire-types.ts';
import { integerFlag } from '../arguments/flags.ts';
import { defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import { volumePlanScreen } from '../screen/volume-plan-screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { addVolumeFlags, toVolumeCreate, type VolumeFlags } from './volume-flags.ts';

interface PlanFlags extends VolumeFlags {
  readonly volume?: string;
  readonly expandSize?: number;
  readonly inPlace?: boolean;
}

export function addVolumePlan(group: Command, around: Surroundings): void {
  const command = addVolumeFlags(
    group
      .command('plan')
      .description('show where a new or larger volume would go, or why it cannot; nothing is made'),
  )
    .option('--volume <id>', 'a volume to be made larger, with --expand-size')
    .addOption(integerFlag('--expand-size <gib>', 'what would be added, in GiB'))
    .option('--in-place', 'with --expand-size: the present bricks would grow')
    .option('--no-in-place', 'with --expand-size: bricks would be added');
  defineAction<PlanFlags>(command, around, async (run, flags) => {
    const plan = await run.client.volumes.plan(requestOf(flags));
    if (run.isJson) run.printJson(plan);
    else run.print(await volumePlanScreen(plan, run.style));
    if (!plan.possible) throw failure('the server would refuse this volume');
  });
}

function requestOf(flags: PlanFlags): VolumePlanRequest {
  const { size, volume, expandSize, inPlace } = flags;
  if (volume !== undefined || expandSize !== undefined) {
    if (size !== undefined)
      throw failure('--size is for a new volume, --volume and --expand-size for one that is there');
    if (expandSize === undefined) throw failure('Missing volume amount to expand');
    if (!volume) throw failure('Missing volume id');
    return { volume, expand_size: expandSize, ...(inPlace === undefined ? {} : { in_place: inPlace }) };
  }
  if (inPlace !== undefined)
    throw failure('--in-place is for a volume that is there: give --volume and --expand-size');
  if (size === undefined) throw failure('Missing volume size');
  return toVolumeCreate(flags, size);
}
