import { AppError } from '../../../src/errors.ts';
import type { Command, CommandResult, Executor, Host } from '../../../src/executors/executor.ts';
import type { MountSettings } from '../../../src/storage/filesystem/mounts.ts';
import { createGluster } from '../../../src/storage/gluster/gluster.ts';
import type { BrickVolume } from '../../../src/storage/lvm/brick-commands.ts';
import { createLvm } from '../../../src/storage/lvm/lvm.ts';
import {
  type LogicalVolume,
  parseLogicalVolumes,
  parseVolumeGroups,
  type VolumeGroup,
} from '../../../src/storage/lvm/reports.ts';
import { brickLvName, thinPoolName, volumeGroupName } from '../../../src/storage/naming.ts';
import type { StorageEnvironment } from './environment.ts';

/** Commands as Mortar's defaults build them. */
export const lvm = createLvm({
  wrapper: [],
  chunkSizeKib: 256,
  extentSizeKib: 4096,
  dataAlignmentKib: 256,
  metadataSizeMib: 128,
  backupMetadata: false,
});
export const gluster = createGluster({ cliTimeoutSeconds: 120 });
export const mountSettings: MountSettings = {
  method: 'systemd',
  fstabFile: '/etc/fstab',
  options: 'rw,inode64,noatime,nouuid',
};

export const extentKib = 4096;
export const gibKib = 1024 * 1024;
export const deviceId = 'c0ffee00000000000000000000000001';
export const group = volumeGroupName(deviceId);
export const pvUuids = [
  'Mortar-0001-0001-0001-0001-0001-000001',
  'Mortar-0002-0002-0002-0002-0002-000002',
] as const;

export const brickVolume = (brickId: string, change: Partial<BrickVolume> = {}): BrickVolume => ({
  brickId,
  volumeId: 'feed',
  volumeGroup: group,
  poolName: thinPoolName(brickId),
  lvName: brickLvName(brickId),
  sizeKib: gibKib,
  poolKib: gibKib,
  metadataKib: 8192,
  ...change,
});

/** A failure as a test looks at it. */
export interface Refusal {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const batchTimeoutMs = 300_000;

/** The hosts of an environment, with short ways to say what a test does on them. */
export class Bench {
  readonly environment: StorageEnvironment;
  readonly executor: Executor;

  constructor(environment: StorageEnvironment, executor: Executor) {
    this.environment = environment;
    this.executor = executor;
  }

  get hosts(): readonly [Host, Host] {
    return this.environment.hosts;
  }

  run(commands: readonly Command[], host: Host = this.hosts[0]): Promise<CommandResult[]> {
    return this.executor.run(host, commands, { timeoutMs: batchTimeoutMs });
  }

  async output(command: Command, host?: Host): Promise<string> {
    const [result] = await this.run([command], host);
    return result?.stdout ?? '';
  }

  /** Runs a command that must fail on the node. */
  async refusal(command: Command, host?: Host): Promise<Refusal> {
    const error = await this.failure([command], host);
    if (error.code !== 'node.command_failed') throw error;
    return error.details as unknown as Refusal;
  }

  /** The error of a batch that must fail. */
  async failure(commands: readonly Command[], host?: Host): Promise<AppError> {
    const results = await this.run(commands, host).catch((thrown: unknown) => thrown);
    if (results instanceof AppError) return results;
    throw results instanceof Error ? results : new Error(`it worked: ${JSON.stringify(results)}`);
  }

  async makeDevice(disk = this.environment.disks[0], host: Host = this.hosts[0]): Promise<void> {
    await this.run([lvm.createPhysicalVolume(disk, pvUuids[0]), lvm.createVolumeGroup(disk, deviceId)], host);
  }

  async volumes(host?: Host): Promise<LogicalVolume[]> {
    return parseLogicalVolumes(await this.output(lvm.listLogicalVolumes([group]), host));
  }

  async group(host?: Host): Promise<VolumeGroup | undefined> {
    return parseVolumeGroups(await this.output(lvm.listVolumeGroups([group]), host))[0];
  }
}
