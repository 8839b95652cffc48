import type { Command } from 'commander';
import { ClientError } from '../../client/client-error.ts';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { deviceScreen } from '../screen/device-screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { deviceText } from '../text/device-text.ts';
import { addStateCommand, addTagCommands, type Entry } from './entry.ts';
import { addDeviceReplacement, planFlag, planFlagText, showReplacementPlan } from './replacement.ts';

const idMissing = 'Device id missing';
/** heketi-cli writes it small for these two. */
const smallIdMissing = 'device id missing';
const healWarningMs = 10_000;

export function addDeviceCommands(program: Command, around: Surroundings): void {
  const group = addGroup(program, 'device', 'devices: the disks that bricks are cut from');
  addAdd(group, around);
  addDelete(group, around);
  defineAction(
    group.command('info').argument('[id]').description('show a device with its bricks'),
    around,
    async (run) => {
      const device = await run.client.devices.get(run.required(0, idMissing));
      await run.show(device, { text: deviceText, screen: deviceScreen });
    },
  );
  const entry: Entry = { group, around, noun: 'Device', calls: ({ client }) => client.devices };
  addStateCommand(entry, {
    name: 'enable',
    state: 'online',
    description: 'let new bricks be placed on a device',
    idMissing: smallIdMissing,
  });
  addStateCommand(entry, {
    name: 'disable',
    state: 'offline',
    description: 'place no new bricks on a device; those there stay',
    idMissing: smallIdMissing,
  });
  addRemove(group, around);
  addDeviceReplacement(group, around);
  addResync(group, around);
  addTagCommands(entry);
}

function addAdd(group: Command, around: Surroundings): void {
  const command = group
    .command('add')
    .description('add a disk to a node: it becomes a volume group')
    .option('--name <path>', 'the disk, such as /dev/sdb')
    .option('--node <id>', 'the node')
    .option('--destroy-existing-data', 'destroy what is on the disk');
  type Flags = { name?: string; node?: string; destroyExistingData?: boolean };
  defineAction<Flags>(command, around, async (run, { name, node, destroyExistingData = false }) => {
    if (!name) throw failure('Missing device name');
    if (!node) throw failure('Missing node id');
    const request = { name, node, ...(destroyExistingData ? { destroydata: true } : {}) };
    await run.wait(`Adding the device ${name}`, (options) => run.client.devices.add(request, options));
    run.print('Device added successfully\n');
  });
}

function addDelete(group: Command, around: Surroundings): void {
  const command = group
    .command('delete')
    .argument('[id]')
    .description('give a disk back; it must be removed first')
    .option('--force-forget', 'forget it even if its node does not comply');
  defineAction<{ forceForget?: boolean }>(command, around, async (run, { forceForget = false }) => {
    const id = run.required(0, idMissing);
    await run.wait(`Deleting the device ${id}`, (options) =>
      run.client.devices.delete(id, { ...options, forceForget }),
    );
    run.print(`Device ${id} deleted\n`);
  });
}

function addRemove(group: Command, around: Surroundings): void {
  const flag = '--expert-option-disable-heal-check';
  const command = group
    .command('remove')
    .argument('[id]')
    .description('move everything off a device that is disabled')
    .option(flag, 'do not look whether the data is healed: it may be lost')
    .option(planFlag, planFlagText);
  type Flags = { expertOptionDisableHealCheck?: boolean; plan?: boolean };
  defineAction<Flags>(
    command,
    around,
    async (run, { expertOptionDisableHealCheck = false, plan = false }) => {
      const id = run.required(0, idMissing);
      if (plan) return showReplacementPlan(run, { device: id });
      if (expertOptionDisableHealCheck) await warnOfDataLoss(run);
      const healCheck = expertOptionDisableHealCheck ? 'disable' : '';
      await run.wait(`Moving everything off the device ${id}`, (options) =>
        run.client.devices.setState(id, 'failed', { ...options, healCheck }),
      );
      run.print(`Device ${id} is now removed\n`);
    },
  );
}

async function warnOfDataLoss({ around }: Run): Promise<void> {
  around.stderr.write(
    `WARNING: heal checks are switched off: bricks are moved even if they hold the only good copy of data.\nCtrl-C within ${healWarningMs / 1000} seconds calls it off.\n`,
  );
  await around.clock.sleep(healWarningMs);
}

function addResync(group: Command, around: Surroundings): void {
  const command = group
    .command('resync')
    .argument('[id]')
    .description('read the true size of a device again')
    .option('--cluster', 'the id is that of a cluster: all its devices');
  defineAction<{ cluster?: boolean }>(command, around, async (run, { cluster = false }) => {
    const id = run.required(0, 'object/cluster id missing');
    if (cluster) await resyncCluster(run, id);
    else if (await resyncs(run, id)) run.print(`Device ${id} updated\n`);
  });
}

/**
 * heketi-cli keeps failures of this to itself (wire contract section 18.2), so scripts are not told; people are.
 *
 * @returns whether it went well.
 */
async function resyncs(run: Run, id: string): Promise<boolean> {
  try {
    await run.wait(`Reading the device ${id} again`, (options) => run.client.devices.resync(id, options));
    return true;
  } catch (thrown) {
    if (!(thrown instanceof ClientError)) throw thrown;
    run.note(`${run.style.warn('Not updated:')} ${thrown.message}`);
    return false;
  }
}

async function resyncCluster(run: Run, clusterId: string): Promise<void> {
  run.print('Cluster-wide resync operation requested. Using object_id as cluster_id.\n');
  const { nodes } = await run.client.clusters.get(clusterId);
  for (const nodeId of nodes) {
    for (const { id } of (await run.client.nodes.get(nodeId)).devices) {
      run.print(`Now resyncing device ${id}..\n`);
      await resyncs(run, id);
      run.print(`Device ${id} (node ${nodeId}) in cluster ${clusterId} updated\n`);
    }
  }
}
