import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import type { Cluster } from '../../client/wire-types.ts';
import { addFlagThatHolds } from '../arguments/flags.ts';
import { orFailure, parseBoolean } from '../arguments/go-values.ts';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { clusterListScreen, clusterScreen } from '../screen/cluster-screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { clusterListText, clusterText } from '../text/cluster-text.ts';

const idMissing = 'Cluster id missing';

export function addClusterCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'cluster', 'clusters: the trusted pools that volumes live in');
  addCreate(group, around);
  addSetFlags(group, around);
  defineAction(
    group.command('delete').argument('[id]').description('delete a cluster that holds nothing'),
    around,
    async (run) => {
      const id = run.required(0, idMissing);
      await run.client.clusters.delete(id);
      run.print(`Cluster ${id} deleted\n`);
    },
  );
  defineAction(group.command('info').argument('[id]').description('show a cluster'), around, async (run) => {
    const cluster = await run.client.clusters.get(run.required(0, idMissing));
    await run.show(cluster, { text: clusterText, screen: clusterScreen });
  });
  defineAction(group.command('list').description('list all clusters'), around, showList);
}

function addCreate(group: Command, around: Surroundings): void {
  const command = group.command('create').description('create a cluster');
  addFlagThatHolds(command, 'block', 'allow block volumes');
  addFlagThatHolds(command, 'file', 'allow file volumes');
  defineAction<{ file: boolean; block: boolean }>(command, around, async (run, { file, block }) => {
    const cluster = await run.client.clusters.create({ file, block });
    await run.show(cluster, { text: ({ id }) => `Cluster id: ${id}\n` });
  });
}

function addSetFlags(group: Command, around: Surroundings): void {
  const command = group
    .command('setflags')
    .argument('[id]')
    .description('say which volumes a cluster takes; what is not named stays')
    .option('--block <true|false>', 'allow block volumes')
    .option('--file <true|false>', 'allow file volumes');
  defineAction<{ file?: string; block?: string }>(command, around, async (run, flags) => {
    const id = run.required(0, idMissing);
    if (!flags.file && !flags.block) throw failure('At least one of --file or --block must be specified.');
    const file = flags.file ? orFailure(parseBoolean, flags.file) : undefined;
    const block = flags.block ? orFailure(parseBoolean, flags.block) : undefined;
    const present = await run.client.clusters.get(id);
    await run.client.clusters.setFlags(id, { file: file ?? present.file, block: block ?? present.block });
  });
}

async function showList(run: Run): Promise<void> {
  const { client } = run;
  const list = await client.clusters.list();
  if (run.isJson) return run.printJson(list);
  await run.show(await readClusters(client, list.clusters), {
    text: clusterListText,
    screen: clusterListScreen,
  });
}

/** In the order of the ids. */
const readClusters = (client: Client, ids: readonly string[]): Promise<Cluster[]> =>
  Promise.all(ids.map((id) => client.clusters.get(id)));
