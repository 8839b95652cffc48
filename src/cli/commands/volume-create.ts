import type { Command } from 'commander';
import type { Volume } from '../../client/wire-types.ts';
import { defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import { volumeScreen } from '../screen/volume-screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { persistentVolume } from '../text/persistent-volume.ts';
import { volumeText } from '../text/volume-text.ts';
import { addVolumeFlags, toVolumeCreate, type VolumeFlags } from './volume-flags.ts';

interface CreateFlags extends VolumeFlags {
  readonly persistentVolume?: boolean;
  readonly persistentVolumeFile?: string;
  readonly persistentVolumeEndpoint?: string;
}

export function addVolumeCreate(group: Command, around: Surroundings): void {
  const command = addVolumeFlags(group.command('create').description('create a volume'))
    .option('--persistent-volume', 'print a Kubernetes PersistentVolume for it')
    .option('--persistent-volume-file <file>', 'write the PersistentVolume to a file')
    .option('--persistent-volume-endpoint <name>', 'endpoints that the PersistentVolume names');
  defineAction<CreateFlags>(command, around, createVolume);
}

async function createVolume(run: Run, flags: CreateFlags): Promise<void> {
  const { size } = flags;
  if (size === undefined) throw failure('Missing volume size');
  if (flags.persistentVolume === true && !flags.persistentVolumeEndpoint) {
    run.complain('--persistent-volume-endpoint must be provided when using --persistent-volume');
    throw failure('Missing endpoint');
  }
  const volume = await run.wait('Creating the volume', (options) =>
    run.client.volumes.create(toVolumeCreate(flags, size), options),
  );
  await showCreated(run, volume, flags);
}

async function showCreated(run: Run, volume: Volume, flags: CreateFlags): Promise<void> {
  const { persistentVolumeFile: file, persistentVolumeEndpoint: endpoint = '' } = flags;
  if (flags.persistentVolume === true) run.print(`${persistentVolume(volume, endpoint)}\n`);
  else if (file) writeFile(run, file, persistentVolume(volume, endpoint));
  else await run.show(volume, { text: volumeText, screen: volumeScreen });
}

function writeFile(run: Run, file: string, text: string): void {
  try {
    run.around.writeFile(file, text);
  } catch (thrown) {
    run.complain(`Unable to write to file ${file}`);
    throw thrown;
  }
}
