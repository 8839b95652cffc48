import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../../src/executors/executor.ts';
import {
  flush,
  makeFolders,
  removeEmptyFolder,
  removeFiles,
  writeFile,
} from '../../../src/storage/filesystem/files.ts';
import { createMounts, mountUnit, unitName } from '../../../src/storage/filesystem/mounts.ts';
import { Bench, mountSettings } from './bench.ts';
import type { StorageEnvironment } from './environment.ts';

const folder = '/var/lib/heketi/mounts/vg_files';
const read = (path: string): Command => ({ label: `read ${path}`, argv: ['cat', path] });

export function describeFiles(environment: StorageEnvironment): void {
  describe('a file on a node', () => {
    let bench: Bench;

    beforeAll(async () => {
      bench = new Bench(environment, await environment.open());
      await environment.reset(bench.executor);
    }, environment.testTimeoutMs);
    afterAll(async () => {
      await environment.reset(bench.executor);
      await bench.executor.close();
    }, environment.testTimeoutMs);

    it('is written with the folders above it, and replaced as a whole', async () => {
      const path = `${folder}/deep/file`;
      await bench.run(writeFile(path, 'one\n'));
      await bench.run([...writeFile(path, 'two\n'), flush([path, folder])]);
      expect(await bench.output(read(path))).toBe('two\n');
      await bench.run([
        removeFiles([path, path]),
        removeFiles([path]),
        ...[`${folder}/deep`, folder, folder].map(removeEmptyFolder),
      ]);
      expect(await bench.refusal(read(path))).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('No such file or directory'),
      });
    });

    it('keeps a folder from being removed, which is no failure', async () => {
      await bench.run([...writeFile(`${folder}/file`, ''), removeEmptyFolder(folder)]);
      expect(await bench.output(read(`${folder}/file`))).toBe('');
      await bench.run([removeFiles([`${folder}/file`]), removeEmptyFolder(folder)]);
    });

    it('cannot be flushed when it is not there', async () => {
      expect(await bench.refusal(flush([`${folder}/nothing`]))).toMatchObject({ exitCode: 1 });
    });

    it('as mount unit is wanted by the boot, and forgotten twice without complaint', async () => {
      const mounts = createMounts(mountSettings);
      const mount = { device: '/dev/mapper/vg_files-brick', mountPoint: `${folder}/brick_1` };
      const unit = `/etc/systemd/system/${unitName(mount.mountPoint)}`;
      const link = `/etc/systemd/system/multi-user.target.wants/${unitName(mount.mountPoint)}`;
      await bench.run([...mounts.persist([mount]), ...mounts.persist([mount])]);
      expect(await bench.output(read(unit))).toBe(mountUnit(mount, mountSettings.options));
      expect(await bench.output(read(link))).toBe(mountUnit(mount, mountSettings.options));
      await bench.run([...mounts.forget([mount]), ...mounts.forget([mount])]);
      expect(await bench.refusal(read(link))).toMatchObject({ exitCode: 1 });
    });

    it('as mount table gets each line once and loses only the lines of the mount', async () => {
      const table = '/var/lib/heketi/fstab';
      const mounts = createMounts({ ...mountSettings, method: 'fstab', fstabFile: table });
      const [one, two] = ['brick_1', 'brick_11'].map((name) => ({
        device: `/dev/mapper/vg_files-${name}`,
        mountPoint: `${folder}/${name}`,
      }));
      if (one === undefined || two === undefined) return;
      await bench.run([makeFolders(['/var/lib/heketi']), ...mounts.forget([one])]);
      await bench.run([...mounts.persist([one, two]), ...mounts.persist([one])]);
      const lines = (await bench.output(read(table))).split('\n').filter((line) => line !== '');
      expect(lines.map((line) => line.split(' ')[1])).toEqual([one.mountPoint, two.mountPoint]);
      await bench.run([...mounts.forget([one]), ...mounts.forget([one])]);
      expect(await bench.output(read(table))).toBe(`${lines[1]}\n`);
      await bench.run([removeFiles([table])]);
    });
  });
}
