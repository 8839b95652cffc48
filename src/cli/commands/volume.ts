import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import type { Volume } from '../../client/wire-types.ts';
import { integerFlag } from '../arguments/flags.ts';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { healText } from '../screen/heal-screen.ts';
import { volumeListScreen, volumeScreen } from '../screen/volume-screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { endpointPatchText, volumeLine, volumeText } from '../text/volume-text.ts';
import { addVolumeCreate } from './volume-create.ts';
import { addVolumePlan } from './volume-plan.ts';
import { addVolumeSnapshot } from './volume-snapshot.ts';

const idMissing = 'Volume id missing';
const views = { text: volumeText, screen: volumeScreen };

export function addVolumeCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'volume', 'volumes');
  addVolumeCreate(group, around);
  addVolumePlan(group, around);
  defineAction(group.command('info').argument('[id]').description('show a volume'), around, async (run) =>
    run.show(await run.client.volumes.get(run.required(0, idMissing)), views),
  );
  defineAction(group.command('list').description('list all volumes'), around, showList);
  defineAction(
    group.command('delete').argument('[id]').description('delete a volume with everything in it'),
    around,
    async (run) => {
      const id = run.required(0, idMissing);
      await run.wait(`Deleting the volume ${id}`, (options) => run.client.volumes.delete(id, options));
      run.print(`Volume ${id} deleted\n`);
    },
  );
  addExpand(group, around);
  addClone(group, around);
  addRestriction(group, around);
  addHealInfo(group, around);
  addVolumeSnapshot(group, around);
  addEndpoint(group, around);
}

function addExpand(group: Command, around: Surroundings): void {
  const command = group
    .command('expand')
    .argument('[id]')
    .description('make a volume larger')
    .addOption(integerFlag('--expand-size <gib>', 'what is added, in GiB'))
    .option('--volume <id>', 'the volume')
    .option('--in-place', 'let its bricks grow where they are, with no rebalance')
    .option('--no-in-place', 'add bricks, whatever the server is configured to do');
  type Flags = { expandSize?: number; volume?: string; inPlace?: boolean };
  defineAction<Flags>(command, around, async (run, { expandSize, volume, inPlace }) => {
    if (expandSize === undefined) throw failure('Missing volume amount to expand');
    const id = volume || run.required(0, 'Missing volume id');
    const expanded = await run.wait(`Expanding the volume ${id}`, (options) =>
      run.client.volumes.expand(id, expandSize, { ...options, inPlace }),
    );
    await run.show(expanded, views);
  });
}

function addRestriction(program: Command, around: Surroundings): void {
  const name = 'set-block-hosting-restriction';
  const group = addGroup(program, name, 'whether a hosting volume takes new block volumes');
  const add = (word: string, restriction: '' | 'locked', description: string): void => {
    defineAction(group.command(word).argument('[id]').description(description), around, async (run) => {
      const id = run.required(0, idMissing);
      const restricted = await run.wait(`Setting the restriction of the volume ${id}`, (options) =>
        run.client.volumes.restrict(id, restriction, options),
      );
      await run.show(restricted, views);
    });
  };
  add('locked', 'locked', 'let it take no new block volumes');
  add('unlocked', '', 'let it take new block volumes');
}

function addClone(group: Command, around: Surroundings): void {
  const command = group
    .command('clone')
    .argument('[id]')
    .description('make a volume with what is in another one now')
    .option('--name <name>', 'what it is called');
  defineAction<{ name?: string }>(command, around, async (run, { name = '' }) => {
    const id = run.required(0, idMissing);
    const clone = await run.wait(`Cloning the volume ${id}`, (options) =>
      run.client.volumes.clone(id, name, options),
    );
    await run.show(clone, views);
  });
}

function addHealInfo(group: Command, around: Surroundings): void {
  const command = group
    .command('heal-info')
    .argument('[id]')
    .description('show what is to be healed in a volume');
  defineAction(command, around, async (run) => {
    const report = await run.client.volumes.healInfo(run.required(0, idMissing));
    if (run.isJson) run.printJson(report);
    else run.print(await healText(report, run.style));
  });
}

function addEndpoint(group: Command, around: Surroundings): void {
  const endpoint = addGroup(group, 'endpoint', "Kubernetes endpoints of a volume's hosts");
  const patch = endpoint.command('patch').argument('[id]').description('print a patch for kubectl patch');
  defineAction(patch, around, async (run) => {
    run.print(endpointPatchText(await run.client.volumes.get(run.required(0, idMissing))));
  });
}

async function showList(run: Run): Promise<void> {
  const list = await run.client.volumes.list();
  if (run.isJson) return run.printJson(list);
  const volumes = await readVolumes(run.client, list.volumes);
  await run.show(volumes, { text: (all) => all.map(volumeLine).join(''), screen: volumeListScreen });
}

/** Beyond so many, the whole topology is the smaller question. */
const singleReads = 30;

/** In the order of the ids. One that cannot be read is an error for all (wire contract section 18.3). */
async function readVolumes(client: Client, ids: readonly string[]): Promise<Volume[]> {
  const { clusters } = ids.length > singleReads ? await client.topology.get() : { clusters: [] };
  const known = new Map(clusters.flatMap((cluster) => cluster.volumes).map((volume) => [volume.id, volume]));
  return Promise.all(ids.map(async (id) => known.get(id) ?? client.volumes.get(id)));
}
