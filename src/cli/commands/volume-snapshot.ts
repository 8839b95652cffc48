import type { Command } from 'commander';
import type { Snapshot } from '../../client/wire-types.ts';
import { canAsk, confirm } from '../confirm.ts';
import { addGroup, defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import { snapshotListScreen } from '../screen/snapshot-screen.ts';
import type { Surroundings } from '../surroundings.ts';

const idMissing = 'Volume id missing';
const snapshotMissing = 'Snapshot name or id missing';

const snapshotLine = ({ id, name, created_at: createdAt }: Snapshot): string =>
  `Id:${id}    Name:${name}    Created:${createdAt ?? 'unknown'}\n`;

const snapshotText = ({ id, name, volume, created_at: createdAt }: Snapshot): string =>
  `Name: ${name}\nSnapshot Id: ${id}\nVolume Id: ${volume}\nCreated: ${createdAt ?? 'unknown'}\n`;

export function addVolumeSnapshot(group: Command, around: Surroundings): void {
  const snapshot = addGroup(group, 'snapshot', 'snapshots of a volume');
  const list = snapshot.command('list').argument('[id]').description('list the snapshots of a volume');
  defineAction(list, around, async (run) => {
    const found = await run.client.volumes.snapshots.list(run.required(0, idMissing));
    if (run.isJson) return run.printJson(found);
    await run.show(found.snapshots, {
      text: (all) => all.map(snapshotLine).join(''),
      screen: snapshotListScreen,
    });
  });
  addCreate(snapshot, around);
  const remove = snapshot
    .command('delete')
    .argument('[id]')
    .argument('[snapshot]')
    .description('delete a snapshot of a volume, by name or id');
  defineAction(remove, around, async (run) => {
    const [id, name] = [run.required(0, idMissing), run.required(1, snapshotMissing)];
    await run.wait(`Deleting the snapshot ${name}`, (options) =>
      run.client.volumes.snapshots.delete(id, name, options),
    );
    run.print(`Snapshot ${name} deleted\n`);
  });
  addRestore(snapshot, around);
}

function addRestore(group: Command, around: Surroundings): void {
  const command = group
    .command('restore')
    .argument('[id]')
    .argument('[snapshot]')
    .description('give a volume the contents of a snapshot; what was written since is gone')
    .option('--yes', 'do not ask');
  defineAction<{ yes?: boolean }>(command, around, async (run, { yes = false }) => {
    const [id, name] = [run.required(0, idMissing), run.required(1, snapshotMissing)];
    if (!yes && (run.isJson || !canAsk(around)))
      throw failure('restore cannot be undone: add --yes, since nobody can be asked here');
    const question = `Stop the volume ${id} for a moment, and lose what was written since the snapshot ${name}?`;
    if (!yes && !(await confirm(around, question))) {
      run.print('Nothing was changed.\n');
      return;
    }
    const volume = await run.wait(`Restoring the snapshot ${name}`, (options) =>
      run.client.volumes.snapshots.restore(id, name, options),
    );
    if (run.isJson) return run.printJson(volume);
    run.print(
      `Volume ${volume.name} has the contents of its snapshot ${name} again; what was written since is gone\n`,
    );
  });
}

function addCreate(group: Command, around: Surroundings): void {
  const command = group
    .command('create')
    .argument('[id]')
    .description('take a snapshot of a volume')
    .option('--name <name>', 'what it is called')
    .option('--force', 'of a volume with the snapshot factor 1, too');
  type Flags = { name?: string; force?: boolean };
  defineAction<Flags>(command, around, async (run, { name = '', force = false }) => {
    const id = run.required(0, idMissing);
    const taken = await run.wait(`Taking a snapshot of the volume ${id}`, (options) =>
      run.client.volumes.snapshots.create(id, { name, force }, options),
    );
    await run.show(taken, { text: snapshotText });
  });
}
