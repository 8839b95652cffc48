import type { Command } from 'commander';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { adoptScreen } from '../screen/adopt-screen.ts';
import type { Surroundings } from '../surroundings.ts';

interface AddFlags {
  readonly cluster?: string;
}

interface ManageFlags extends AddFlags {
  readonly folders: string;
}

/** `adopt …`: gluster volumes that others made. */
export function addAdoptCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'adopt', 'gluster volumes that others made');
  defineAction(
    group.command('list').description('find them on the nodes, and say what stands in the way'),
    around,
    list,
  );
  defineAction<AddFlags>(
    group
      .command('add')
      .argument('[volume...]')
      .option('--cluster <id>', 'the cluster that they are in, when there are several')
      .description('watch volumes: the doctor tells when something is wrong with them'),
    around,
    add,
  );
  defineAction<ManageFlags>(
    group
      .command('manage')
      .argument('[volume]')
      .option('--cluster <id>', 'the cluster that it is in, when several have one of that name')
      .option(
        '--folders <fate>',
        'keep, or remove what is in its brick folders when the volume is deleted',
        'keep',
      )
      .description('make a volume one of Mortar: to be grown and deleted like others'),
    around,
    manage,
  );
  defineAction(
    group
      .command('release')
      .argument('[volume]')
      .description('give a managed volume back, by name or id; it stays on the nodes as it is'),
    around,
    release,
  );
  defineAction(
    group
      .command('remove')
      .argument('[volume]')
      .description('watch a volume no more, by name or id; it stays as it is'),
    around,
    remove,
  );
}

async function list(run: Run): Promise<void> {
  const found = await run.client.adopt.find();
  if (run.isJson) {
    run.printJson(found);
    return;
  }
  for (const cluster of found.silent)
    run.print(
      `No node of the cluster ${cluster} answers for gluster: nothing new is known of its volumes.\n`,
    );
  if (found.volumes.length > 0) run.print(await adoptScreen(found.volumes, run.style));
  else if (found.silent.length === 0) run.print('There are no volumes of others on the nodes.\n');
}

async function add(run: Run, { cluster }: AddFlags): Promise<void> {
  run.required(0, 'Volume missing');
  const found = await run.client.adopt.watch({
    cluster: cluster ?? (await onlyCluster(run)),
    volumes: [...run.args],
  });
  if (run.isJson) run.printJson(found);
  else for (const { name } of found.volumes) run.print(`Watched from now on: ${name}\n`);
}

async function onlyCluster(run: Run): Promise<string> {
  const { clusters } = await run.client.clusters.list();
  const [only, ...others] = clusters;
  if (only === undefined || others.length > 0)
    throw failure(`there are ${clusters.length} clusters: say which with --cluster`);
  return only;
}

async function remove(run: Run): Promise<void> {
  const wanted = run.required(0, 'Volume missing');
  const { volumes } = await run.client.adopt.find();
  const [volume, ...others] = volumes.filter(
    ({ id, name, watched }) => watched !== null && (name === wanted || id === wanted),
  );
  if (volume === undefined) throw failure(`no volume ${wanted} is watched`);
  if (others.length > 0) throw failure(`several watched volumes are called ${wanted}: name one by its id`);
  await run.client.adopt.forget(volume.id);
  run.print(`Watched no more: ${volume.name}\n`);
}

async function manage(run: Run, { cluster, folders }: ManageFlags): Promise<void> {
  const wanted = run.required(0, 'Volume missing');
  if (folders !== 'keep' && folders !== 'remove') throw failure(`--folders ${folders}: say keep or remove`);
  const { volumes } = await run.client.adopt.find();
  const [volume, ...others] = volumes.filter(
    (found) =>
      (found.name === wanted || found.id === wanted) && (cluster === undefined || found.cluster === cluster),
  );
  if (volume === undefined)
    throw failure(`there is no volume ${wanted} that others made: mortar adopt list shows what there is`);
  if (others.length > 0) throw failure(`several clusters have a volume ${wanted}: say which with --cluster`);
  const managed = await run.wait(`Taking over the volume ${volume.name}`, (options) =>
    run.client.adopt.manage(volume.id, { folders }, options),
  );
  await run.show(managed, {
    text: ({ id, name, size }) => `Managed from now on: ${name}, ${size} GiB, with the id ${id}\n`,
  });
}

async function release(run: Run): Promise<void> {
  const wanted = run.required(0, 'Volume missing');
  const { volumes } = await run.client.volumes.named(wanted);
  const [volume, ...others] = volumes;
  if (others.length > 0) throw failure(`several clusters have a volume ${wanted}: name it by its id`);
  await run.wait(`Giving back the volume ${wanted}`, (options) =>
    run.client.adopt.release(volume?.id ?? wanted, options),
  );
  run.print(`Managed no more: ${wanted}\n`);
}
