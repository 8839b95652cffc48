import type { Command } from 'commander';
import type { Volume, VolumeCreate } from '../../client/wire-types.ts';
import { integerFlag } from '../arguments/flags.ts';
import { defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import type { Surroundings } from '../surroundings.ts';
import { heketiStorageList } from '../text/heketi-storage.ts';

const volumeName = 'heketidbstorage';
const sizeGib = 2;
/** A database on a volume wants every write on disk, and nothing answered from a cache. */
const databaseOptions = [
  'performance.stat-prefetch off',
  'performance.write-behind off',
  'performance.open-behind off',
  'performance.quick-read off',
  'performance.strict-o-direct on',
  'performance.read-ahead off',
  'performance.io-cache off',
  'performance.readdir-ahead off',
];
const levelOption = 'user.heketi.dbstoragelevel';

interface Flags {
  readonly listfile: string;
  readonly image: string;
  readonly durability: string;
  readonly replica: number;
  readonly glusterVolumeOptions?: string;
  readonly appendVolumeOptions?: string;
  readonly nodeSelector?: string;
}

/** A volume for the server's own database, and what copies the database there (wire contract section 18.5). */
export function addSetupStorage(program: Command, around: Surroundings): void {
  const command = program
    .command('setup-openshift-heketi-storage')
    .aliases(['setup-heketi-db-storage', 'setup-kubernetes-heketi-storage'])
    .description('make a volume for the database of the server, and a Kubernetes list that copies it there')
    .option('--listfile <file>', 'where the list is written', 'heketi-storage.json')
    .option('--image <image>', 'container image of the job that copies', 'heketi/heketi:dev')
    .option('--durability <type>', 'replicate or none', 'replicate')
    .addOption(integerFlag('--replica <count>', 'copies, for replicate').default(3))
    .option('--gluster-volume-options <options>', '"key value" pairs instead of the usual ones')
    .option('--append-volume-options <options>', '"key value" pairs behind the others')
    .option('--node-selector <label>', 'key=value: where the job may run');
  defineAction<Flags>(command, around, setUp);
}

async function setUp(run: Run, flags: Flags): Promise<void> {
  const request = toRequest(flags);
  const nodeSelector = selectorOf(flags.nodeSelector);
  const { clusters } = await run.client.topology.get();
  if (clusters.some(({ volumes }) => volumes.some(({ name }) => name === volumeName)))
    throw failure(`Volume ${volumeName} already exists`);
  const volume = await run.wait(`Creating the volume ${volumeName}`, (options) =>
    run.client.volumes.create(request, options),
  );
  try {
    await writeList(run, volume, { ...flags, nodeSelector });
  } catch (thrown) {
    run.around.stderr.write('Cleaning up\n');
    await run.wait(`Deleting the volume ${volumeName}`, (options) =>
      run.client.volumes.delete(volume.id, options),
    );
    throw thrown;
  }
}

async function writeList(
  run: Run,
  volume: Volume,
  {
    listfile,
    image,
    nodeSelector,
  }: Pick<Flags, 'listfile' | 'image'> & { readonly nodeSelector: Record<string, string> },
): Promise<void> {
  const database = await run.client.backups.download();
  run.print(`Saving ${listfile}\n`);
  run.around.writeFile(listfile, heketiStorageList({ volume, database, image, nodeSelector }));
}

function toRequest({ durability, replica, glusterVolumeOptions, appendVolumeOptions }: Flags): VolumeCreate {
  if (durability === 'disperse')
    throw failure('Durability disperse is not supported for heketi database storage');
  if (durability !== 'replicate' && durability !== 'none')
    throw failure(`${durability} is not a valid durability type`);
  const chosen = glusterVolumeOptions
    ? [...glusterVolumeOptions.split(','), `${levelOption} custom`]
    : [...databaseOptions, `${levelOption} 1`];
  const appended = appendVolumeOptions ? appendVolumeOptions.split(',') : [];
  return {
    size: sizeGib,
    name: volumeName,
    durability: { type: durability, replicate: { replica }, disperse: {} },
    glustervolumeoptions: [...chosen, ...appended],
    snapshot: { enable: false, factor: 0 },
  };
}

function selectorOf(text = ''): Record<string, string> {
  if (text === '') return {};
  const at = text.indexOf('=');
  if (at < 1) throw failure(`--node-selector must be key=value, got: ${text}`);
  return { [text.slice(0, at)]: text.slice(at + 1) };
}
