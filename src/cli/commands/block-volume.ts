import type { Command } from 'commander';
import type { BlockVolumeCreate } from '../../client/wire-types.ts';
import { integerFlag } from '../arguments/flags.ts';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { blockVolumeListScreen, blockVolumeScreen } from '../screen/block-volume-screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { blockVolumeLine, blockVolumeText } from '../text/block-volume-text.ts';

/** heketi-cli says it so (wire contract section 18.2). */
const idMissing = 'Volume id missing';
const views = { text: blockVolumeText, screen: blockVolumeScreen };

/** `blockvolume …`: volumes that are exported over iSCSI. */
export function addBlockVolumeCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'blockvolume', 'block volumes: files in a volume, exported over iSCSI');
  addCreate(group, around);
  const info = group.command('info').argument('[id]').description('show a block volume');
  defineAction(info, around, async (run) =>
    run.show(await run.client.blockVolumes.get(run.required(0, idMissing)), views),
  );
  defineAction(group.command('list').description('list all block volumes'), around, showList);
  const remove = group
    .command('delete')
    .argument('[id]')
    .description('delete a block volume with everything in it');
  defineAction(remove, around, async (run) => {
    const id = run.required(0, idMissing);
    await run.wait(`Deleting the block volume ${id}`, (options) =>
      run.client.blockVolumes.delete(id, options),
    );
    run.print(`Volume ${id} deleted\n`);
  });
  addExpand(group, around);
}

interface CreateFlags {
  readonly size?: number;
  readonly name?: string;
  readonly ha: number;
  readonly auth?: boolean;
  readonly clusters?: string;
}

function addCreate(group: Command, around: Surroundings): void {
  const command = group
    .command('create')
    .description('create a block volume')
    .addOption(integerFlag('--size <gib>', 'size in GiB'))
    .option('--name <name>', 'name; blockvol_<id> without it')
    .addOption(integerFlag('--ha <count>', 'how many hosts export it; 0: all').default(0))
    .option('--auth', 'initiators have to log in')
    .option('--clusters <ids>', 'only these clusters, with commas between');
  defineAction<CreateFlags>(command, around, async (run, flags) => {
    const request = toRequest(flags);
    const block = await run.wait('Creating the block volume', (options) =>
      run.client.blockVolumes.create(request, options),
    );
    await run.show(block, views);
  });
}

/** Empty values are left out, as heketi-cli does (wire contract section 12). */
function toRequest({ size, name, ha, auth, clusters }: CreateFlags): BlockVolumeCreate {
  if (size === undefined) throw failure('Missing volume size');
  if (ha < 0) throw failure('Invalid HA count');
  return {
    size,
    ...(clusters ? { clusters: clusters.split(',') } : {}),
    ...(name ? { name } : {}),
    ...(ha === 0 ? {} : { hacount: ha }),
    ...(auth === true ? { auth } : {}),
  };
}

function addExpand(group: Command, around: Surroundings): void {
  const command = group
    .command('expand')
    .argument('[id]')
    .description('make a block volume larger')
    .addOption(integerFlag('--new-size <gib>', 'the new size, in GiB'))
    .option('--blockvolume <id>', 'the block volume');
  defineAction<{ newSize?: number; blockvolume?: string }>(command, around, async (run, flags) => {
    const id = flags.blockvolume || run.required(0, 'Missing block volume id');
    const { newSize } = flags;
    if (newSize === undefined) throw failure('Missing block volume net new size');
    const expanded = await run.wait(`Expanding the block volume ${id}`, (options) =>
      run.client.blockVolumes.expand(id, newSize, options),
    );
    await run.show(expanded, views);
  });
}

async function showList(run: Run): Promise<void> {
  const list = await run.client.blockVolumes.list();
  if (run.isJson) return run.printJson(list);
  const blocks = await Promise.all(list.blockvolumes.map((id) => run.client.blockVolumes.get(id)));
  await run.show(blocks, { text: (all) => all.map(blockVolumeLine).join(''), screen: blockVolumeListScreen });
}
