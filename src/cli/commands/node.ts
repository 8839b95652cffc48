import type { Command } from 'commander';
import { integerFlag } from '../arguments/flags.ts';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { nodeListScreen, nodeScreen } from '../screen/node-screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { addedNodeText, nodeLine, nodeText } from '../text/node-text.ts';
import { addStateCommand, addTagCommands, type Entry } from './entry.ts';
import {
  addNodeReplacement,
  lossFlag,
  lossFlagText,
  planFlag,
  planFlagText,
  showReplacementPlan,
} from './replacement.ts';

const idMissing = 'Node id missing';

interface AddFlags {
  readonly zone?: number;
  readonly cluster?: string;
  readonly managementHostName?: string;
  readonly storageHostName?: string;
}

export function addNodeCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'node', 'nodes: the machines that hold the disks');
  addAdd(group, around);
  defineAction(
    group.command('delete').argument('[id]').description('remove a node that has no devices'),
    around,
    async (run) => {
      const id = run.required(0, idMissing);
      await run.wait(`Deleting the node ${id}`, (options) => run.client.nodes.delete(id, options));
      run.print(`Node ${id} deleted\n`);
    },
  );
  defineAction(
    group.command('info').argument('[id]').description('show a node with its devices'),
    around,
    async (run) => {
      const node = await run.client.nodes.get(run.required(0, idMissing));
      await run.show(node, { text: nodeText, screen: nodeScreen });
    },
  );
  defineAction(group.command('list').description('list all nodes'), around, showList);
  const entry: Entry = { group, around, noun: 'Node', calls: ({ client }) => client.nodes };
  addStateCommand(entry, {
    name: 'enable',
    state: 'online',
    description: 'let new bricks be placed on a node',
    idMissing,
  });
  addStateCommand(entry, {
    name: 'disable',
    state: 'offline',
    description: 'place no new bricks on a node; those there stay',
    idMissing,
  });
  addRemove(group, around);
  addNodeReplacement(group, around);
  addTagCommands(entry);
}

function addAdd(group: Command, around: Surroundings): void {
  const command = group
    .command('add')
    .description('add a node to a cluster')
    .addOption(integerFlag('--zone <number>', 'failure domain, from 1'))
    .option('--cluster <id>', 'the cluster')
    .option('--management-host-name <host>', 'where commands are sent')
    .option('--storage-host-name <host>', 'what gluster calls the node');
  defineAction<AddFlags>(command, around, async (run, flags) => {
    const { zone, managementHostName: manage, storageHostName: storage, cluster } = flags;
    if (!zone) throw failure('Missing zone');
    if (!manage) throw failure('Missing management hostname');
    if (!storage) throw failure('Missing storage hostname');
    if (!cluster) throw failure('Missing cluster id');
    const request = { zone, hostnames: { manage: [manage], storage: [storage] }, cluster };
    const node = await run.wait(`Adding the node ${manage}`, (options) =>
      run.client.nodes.add(request, options),
    );
    await run.show(node, { text: addedNodeText });
  });
}

/** Evacuates it: its bricks move elsewhere. */
function addRemove(group: Command, around: Surroundings): void {
  const command = group
    .command('remove')
    .argument('[id]')
    .description('move everything off a node that is disabled or lost')
    .option(lossFlag, lossFlagText)
    .option(planFlag, planFlagText);
  type Flags = { acceptDataLoss?: boolean; plan?: boolean };
  defineAction<Flags>(command, around, async (run, { acceptDataLoss = false, plan = false }) => {
    const id = run.required(0, idMissing);
    if (plan) return showReplacementPlan(run, { node: id });
    const healCheck = acceptDataLoss ? 'disable' : '';
    await run.wait(`Moving everything off the node ${id}`, (options) =>
      run.client.nodes.setState(id, 'failed', { ...options, healCheck }),
    );
    run.print(`Node ${id} is now removed\n`);
  });
}

/** There is no list of nodes on the wire; it is made from the clusters. `--json` changes nothing here. */
async function showList(run: Run): Promise<void> {
  const { client } = run;
  if (run.isScreen) {
    const nodes = (await client.topology.get()).clusters.flatMap((cluster) => cluster.nodes);
    run.print(await nodeListScreen(nodes, run.style));
    return;
  }
  for (const clusterId of (await client.clusters.list()).clusters) {
    const { nodes } = await client.clusters.get(clusterId);
    run.print(nodes.map((nodeId) => nodeLine(nodeId, clusterId)).join(''));
  }
}
